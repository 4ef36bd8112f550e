import CGit2

/// Line differences of two files, as libgit2 finds them.
package struct TextDiff: Sendable {
    /// Whether the content is not text: it holds a NUL byte near its start.
    package let isBinary: Bool
    /// Lines that came in.
    package let insertions: Int
    /// Lines that went.
    package let deletions: Int
    /// The hunks in unified form, each line with its newline; empty for equal content, and for binary content unless that was asked
    /// for: then it is git's binary patch.
    package let hunks: [UInt8]

    /// Compares two contents; `context` lines stand around each change, and `showsBinary` asks for a binary patch of what is not text.
    package init(
        old: UnsafeRawBufferPointer, new: UnsafeRawBufferPointer, context: Int = 3, showsBinary: Bool = false
    ) throws(AmxError) {
        _ = LibGit2.ready
        var options = git_diff_options()
        git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
        options.context_lines = UInt32(clamping: context)
        if showsBinary { options.flags |= GIT_DIFF_SHOW_BINARY.rawValue }
        // libgit2 gives up on files over this size, as if they were binary; the caller has limits of its own.
        options.max_size = 1 << 40
        var patch: OpaquePointer?
        try LibGit2.check(
            git_patch_from_buffers(
                &patch, old.baseAddress, old.count, "file", new.baseAddress, new.count, "file", &options),
            "cannot compare two files")
        guard let patch else { throw AmxError(.failure, "cannot compare two files") }
        defer { git_patch_free(patch) }
        isBinary = git_patch_get_delta(patch).map { $0.pointee.flags & GIT_DIFF_FLAG_BINARY.rawValue != 0 } ?? false
        var (context, insertions, deletions) = (0, 0, 0)
        try LibGit2.check(
            git_patch_line_stats(&context, &insertions, &deletions, patch), "cannot compare two files")
        self.insertions = insertions
        self.deletions = deletions
        var hunks: [UInt8] = []
        let result = withUnsafeMutablePointer(to: &hunks) { hunks in
            git_patch_print(
                patch,
                { _, _, line, payload in
                    guard let line, let hunks = payload?.assumingMemoryBound(to: [UInt8].self) else { return -1 }
                    let origin = UInt8(bitPattern: line.pointee.origin)
                    // File headers are the caller's; hunk headers and end-of-file marks carry no origin character.
                    if origin == UInt8(ascii: "F") { return 0 }
                    if origin == UInt8(ascii: " ") || origin == UInt8(ascii: "+") || origin == UInt8(ascii: "-") {
                        hunks.pointee.append(origin)
                    }
                    let bytes = UnsafeRawBufferPointer(start: line.pointee.content, count: line.pointee.content_len)
                    hunks.pointee.append(contentsOf: bytes)
                    return 0
                }, hunks)
        }
        try LibGit2.check(result, "cannot compare two files")
        self.hunks = isBinary && !showsBinary ? [] : hunks
    }
}
