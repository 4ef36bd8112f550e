import CGit2
import Glibc

/// One file in git's configuration format.
///
/// Reading a missing file, or the null device, gives an empty configuration; the first change creates it. Anything else that is no
/// regular file is refused. Values are read anew for each
/// instance; comments and unknown sections survive changes. libgit2 parses a file only when a section is asked for that it
/// mentions, so that most commands need no libgit2 for their settings. A change keeps the file's mode. Not Sendable.
package final class ConfigFile {
    private var opened: OpaquePointer?
    private let path: String
    /// The file in lower case; empty when it is missing.
    private let text: [UInt8]

    /// Reads a file.
    package init(_ path: String) throws(AmxError) {
        self.path = path
        text = try Self.content(of: path).map { byte in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        }
    }

    /// A file's bytes; none for a missing one, and for the null device, which is git's way to have no configuration.
    ///
    /// Never waits for the writer of a pipe.
    private static func content(of path: String) throws(AmxError) -> [UInt8] {
        do throws(AmxError) {
            let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
            let status = try file.status()
            if status.st_mode & S_IFMT == S_IFREG { return try file.readToEnd(limit: 1 << 24) }
            var null = stat()
            guard status.st_mode & S_IFMT == S_IFCHR, stat("/dev/null", &null) == 0, null.st_rdev == status.st_rdev
            else { throw AmxError.notRegular(path) }
            return []
        } catch  where error.code == .notFound {
            return []
        }
    }

    /// The parsed file.
    private func handle() throws(AmxError) -> OpaquePointer {
        if let opened { return opened }
        _ = LibGit2.ready
        var handle: OpaquePointer?
        try LibGit2.check(git_config_new(&handle), "cannot read \(path)")
        guard let handle else { throw AmxError(.failure, "cannot read \(path)") }
        let result = git_config_add_file_ondisk(handle, path, GIT_CONFIG_LEVEL_LOCAL, nil, 1)
        if result < 0 { git_config_free(handle) }
        try LibGit2.check(result, "cannot read \(path)")
        opened = handle
        return handle
    }

    /// Whether the file may have a section, by the letters of its name: in itself or in a file that it includes.
    private func mayHave(section: some StringProtocol) -> Bool {
        opened != nil || textHas(section.lowercased()) || textHas("include")
    }

    /// Whether the file's text has a word somewhere; every command asks this a dozen times.
    private func textHas(_ word: String) -> Bool {
        let word = Array(word.utf8)
        guard let first = word.first, word.count <= text.count else { return false }
        return (0...text.count - word.count).contains { start in
            text[start] == first && word.indices.allSatisfy { text[start + $0] == word[$0] }
        }
    }

    deinit { if let opened { git_config_free(opened) } }

    /// The last value of a key such as `user.name`; nil when there is none.
    package func string(_ key: String) throws(AmxError) -> String? {
        guard mayHave(section: key.prefix { $0 != "." }) else { return nil }
        var buffer = git_buf()
        defer { git_buf_dispose(&buffer) }
        let result = git_config_get_string_buf(&buffer, try handle(), key)
        if result == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return nil
        }
        try LibGit2.check(result, "cannot read \(key) from \(path)")
        return buffer.ptr.map { String(cString: $0) } ?? ""
    }

    /// Every key and value whose full key matches a regular expression, in the file's order.
    package func entries(matching pattern: String) throws(AmxError) -> [(key: String, value: String)] {
        guard opened != nil || !text.isEmpty else { return [] }
        var iterator: OpaquePointer?
        try LibGit2.check(git_config_iterator_glob_new(&iterator, try handle(), pattern), "cannot read \(path)")
        defer { git_config_iterator_free(iterator) }
        var entries: [(key: String, value: String)] = []
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, iterator) == 0, let found = entry {
            let value = found.pointee.value.map { String(cString: $0) } ?? ""
            entries.append((String(cString: found.pointee.name), value))
        }
        git_error_clear()
        return entries
    }

    /// Sets a key, replacing its value.
    package func set(_ key: String, _ value: String) throws(AmxError) {
        let handle = try handle()
        try LibGit2.check(
            keepingMode { git_config_set_string(handle, key, value) }, "cannot write \(key) to \(path)")
    }

    /// Adds a value to a key that may have several.
    package func add(_ key: String, _ value: String) throws(AmxError) {
        // Unlike git_config_set_string, this function writes the value as it is.
        let escapes: [Character: String] = ["\\": "\\\\", "\"": "\\\"", "\n": "\\n", "\t": "\\t"]
        let escaped = value.map { escapes[$0] ?? String($0) }.joined()
        let handle = try handle()
        // The expression fits no value, so none is replaced.
        let result = keepingMode { git_config_set_multivar(handle, key, "a^", escaped) }
        try LibGit2.check(result, "cannot write \(key) to \(path)")
    }

    /// Removes those values of a key that are equal to one; a missing one is fine.
    package func remove(_ key: String, _ value: String) throws(AmxError) {
        let expression = "^" + value.map { $0.isLetter || $0.isNumber ? String($0) : "\\\($0)" }.joined() + "$"
        let handle = try handle()
        let result = keepingMode { git_config_delete_multivar(handle, key, expression) }
        if result == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return
        }
        try LibGit2.check(result, "cannot remove \(key) from \(path)")
    }

    /// Removes a key, and its section where nothing else is in it, not even a comment; a missing key is fine.
    package func remove(_ key: String) throws(AmxError) {
        let handle = try handle()
        let result = keepingMode { git_config_delete_entry(handle, key) }
        if result == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return
        }
        try LibGit2.check(result, "cannot remove \(key) from \(path)")
        guard let old = try FileContent.read(path, limit: 1 << 24),
            let new = ConfigSections.removingEmpty(ConfigSections.header(ofKey: key), from: old)
        else { return }
        // libgit2 keeps what it has read of the file.
        if let opened { git_config_free(opened) }
        opened = nil
        // The file may be reached by a symbolic link, and closed to others.
        var status = stat()
        guard let target = realpath(path, nil) else { return }
        defer { free(target) }
        guard stat(target, &status) == 0 else { return }
        try AtomicFile.write(new, to: String(cString: target), mode: status.st_mode & 0o777)
    }
    /// Lets libgit2 replace the file, which it does with the mode of a new one, and keeps the mode that it had.
    ///
    /// The new file is never open to more than the old one was, not even before it has its name: the process's umask is
    /// narrowed meanwhile, also for what other threads create.
    private func keepingMode(_ change: () -> Int32) -> Int32 {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return change() }
        let mode = status.st_mode & 0o777
        let mask = umask(~mode & 0o777)
        umask(mask | (~mode & 0o777))
        defer { umask(mask) }
        let result = change()
        if result == 0 { chmod(path, mode) }
        return result
    }
}
