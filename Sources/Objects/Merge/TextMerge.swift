import CGit2

/// Three versions of a text merged by line, as libgit2 does it.
package struct TextMerge: Sendable {
    /// The result; where the sides conflict, with markers.
    package let content: [UInt8]
    /// Whether nothing conflicted.
    package let isClean: Bool

    /// How many bytes are looked at to tell text from binary content, as in git.
    private static let sample = 8000

    /// Whether content is not text: it has a NUL byte near its start.
    package static func isBinary(_ content: [UInt8]) -> Bool { content.prefix(sample).contains(0) }

    /// Merges; `favor` settles what conflicts with one side instead of marking it. None of the three is binary.
    package init(
        base: [UInt8], ours: [UInt8], theirs: [UInt8], labels: MergeLabels, favor: MergeSide? = nil
    ) throws(AmxError) {
        try self.init(
            base: base, ours: ours, theirs: theirs, labels: labels, favor: favor, flags: 0, markerSize: 0)
    }

    init(
        base: [UInt8], ours: [UInt8], theirs: [UInt8], labels: MergeLabels, favor: MergeSide?, flags: UInt32,
        markerSize: UInt16
    ) throws(AmxError) {
        _ = LibGit2.ready
        var options = git_merge_file_options()
        git_merge_file_options_init(&options, UInt32(GIT_MERGE_FILE_OPTIONS_VERSION))
        (options.flags, options.marker_size) = (flags, markerSize)
        switch favor {
        case .ours: options.favor = GIT_MERGE_FILE_FAVOR_OURS
        case .theirs: options.favor = GIT_MERGE_FILE_FAVOR_THEIRS
        case .base, nil: options.favor = GIT_MERGE_FILE_FAVOR_NORMAL
        }
        var result = git_merge_file_result()
        let code = labels.ours.withCString { ourLabel in
            labels.theirs.withCString { theirLabel in
                options.our_label = ourLabel
                options.their_label = theirLabel
                return Self.merge(base, ours, theirs, &options, into: &result)
            }
        }
        defer { git_merge_file_result_free(&result) }
        try LibGit2.check(code, "cannot merge a text")
        content = Array(UnsafeRawBufferPointer(start: result.ptr, count: result.len))
        isClean = result.automergeable != 0
    }

    private static func merge(
        _ base: [UInt8], _ ours: [UInt8], _ theirs: [UInt8], _ options: inout git_merge_file_options,
        into result: inout git_merge_file_result
    ) -> Int32 {
        base.withUnsafeBytes { base in
            ours.withUnsafeBytes { ours in
                theirs.withUnsafeBytes { theirs in
                    var inputs = (git_merge_file_input(), git_merge_file_input(), git_merge_file_input())
                    fill(&inputs.0, base)
                    fill(&inputs.1, ours)
                    fill(&inputs.2, theirs)
                    return git_merge_file(&result, &inputs.0, &inputs.1, &inputs.2, &options)
                }
            }
        }
    }

    private static func fill(_ input: inout git_merge_file_input, _ bytes: UnsafeRawBufferPointer) {
        git_merge_file_input_init(&input, UInt32(GIT_MERGE_FILE_INPUT_VERSION))
        input.ptr = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        input.size = bytes.count
    }
}
