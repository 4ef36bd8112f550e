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
        let handle = try Self.handle(of: path, as: path)
        opened = handle
        return handle
    }

    /// Parses a file, which messages call `name`; the caller frees the handle.
    private static func handle(of file: String, as name: String) throws(AmxError) -> OpaquePointer {
        _ = LibGit2.ready
        var handle: OpaquePointer?
        try LibGit2.check(git_config_new(&handle), "cannot read \(name)")
        guard let handle else { throw AmxError(.failure, "cannot read \(name)") }
        let result = git_config_add_file_ondisk(handle, file, GIT_CONFIG_LEVEL_LOCAL, nil, 1)
        if result < 0 { git_config_free(handle) }
        try LibGit2.check(result, "cannot read \(name)")
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

    /// Every key and value whose full key matches an extended regular expression of POSIX, in the file's order.
    package func entries(matching pattern: String) throws(AmxError) -> [(key: String, value: String)] {
        guard opened != nil || !text.isEmpty else { return [] }
        // libgit2's own way loses 20 KiB for each key that does not match.
        var expression = regex_t()
        guard regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) == 0 else {
            throw AmxError(.failure, "cannot read \(path): '\(pattern)' is no regular expression")
        }
        defer { regfree(&expression) }
        var iterator: OpaquePointer?
        try LibGit2.check(git_config_iterator_new(&iterator, try handle()), "cannot read \(path)")
        defer { git_config_iterator_free(iterator) }
        var entries: [(key: String, value: String)] = []
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, iterator) == 0, let found = entry {
            guard let name = found.pointee.name, regexec(&expression, name, 0, nil, 0) == 0 else { continue }
            entries.append((String(cString: name), found.pointee.value.map { String(cString: $0) } ?? ""))
        }
        git_error_clear()
        return entries
    }

    /// Sets a key, replacing its value.
    package func set(_ key: String, _ value: String) throws(AmxError) {
        try LibGit2.check(change { git_config_set_string($0, key, value) }, "cannot write \(key) to \(path)")
    }

    /// Some keys that stand together.
    package struct Section {
        /// What the keys begin with, such as `remote.origin`.
        package let name: String
        /// The rest of each key, and its value.
        package let values: [(name: String, value: String)]

        /// Describes a section.
        package init(_ name: String, _ values: [(name: String, value: String)]) {
            self.name = name
            self.values = values
        }
    }

    /// Writes sections at the end, all of them in one change of the file.
    ///
    /// What stands before stays: of several values of a key, the last one counts.
    package func append(_ sections: [Section]) throws(AmxError) {
        guard !sections.isEmpty else { return }
        let text = Array(sections.map(ConfigSections.text).joined().utf8)
        let exists = try replace { old in
            old + (old.isEmpty || old.last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]) + text
        }
        if !exists { try AtomicFile.write(text, to: path) }
    }

    /// Adds a value to a key that may have several.
    package func add(_ key: String, _ value: String) throws(AmxError) {
        // Unlike git_config_set_string, this function writes the value as it is.
        let escapes: [Character: String] = ["\\": "\\\\", "\"": "\\\"", "\n": "\\n", "\t": "\\t"]
        let escaped = value.map { escapes[$0] ?? String($0) }.joined()
        // The expression fits no value, so none is replaced.
        let result = try change { git_config_set_multivar($0, key, "a^", escaped) }
        try LibGit2.check(result, "cannot write \(key) to \(path)")
    }

    /// Removes those values of a key that are equal to one; a missing one is fine.
    package func remove(_ key: String, _ value: String) throws(AmxError) {
        let expression = "^" + value.map { $0.isLetter || $0.isNumber ? String($0) : "\\\($0)" }.joined() + "$"
        let result = try change { git_config_delete_multivar($0, key, expression) }
        if result == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return
        }
        try LibGit2.check(result, "cannot remove \(key) from \(path)")
    }

    /// Removes a key, and its section where nothing else is in it, not even a comment; a missing key is fine.
    package func remove(_ key: String) throws(AmxError) {
        let result = try change { git_config_delete_entry($0, key) }
        if result == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return
        }
        try LibGit2.check(result, "cannot remove \(key) from \(path)")
        _ = try replace { old in ConfigSections.removingEmpty(ConfigSections.header(ofKey: key), from: old) }
    }

    /// Lets libgit2 change the file; gives its result.
    ///
    /// libgit2 replaces a file by one with the mode of a new one. So it changes a copy that nobody else can reach, and the file is
    /// replaced with the mode that it has.
    private func change(_ body: (OpaquePointer) -> Int32) throws(AmxError) -> Int32 {
        var result: Int32 = 0
        let exists = try replace { old throws(AmxError) in
            let folder = "\(Directory.parent(of: path))/\(Directory.temporaryName(".tmp"))"
            try Directory.create(folder, mode: 0o700)
            defer { try? Directory.remove(folder) }
            let copy = "\(folder)/config"
            try OpenFile(copy, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600).write(old)
            let handle = try Self.handle(of: copy, as: path)
            defer { git_config_free(handle) }
            result = body(handle)
            return result == 0 ? try FileContent.read(copy, limit: 1 << 24) : nil
        }
        return exists ? result : body(try handle())
    }

    /// Replaces the file's content, keeping its mode and the link that it may be reached by; false when there is no such file.
    ///
    /// As for git, a file with `.lock` behind its name keeps others from changing it meanwhile. `content` gives the new bytes, or nil
    /// to leave the file as it is.
    private func replace(_ content: ([UInt8]) throws(AmxError) -> [UInt8]?) throws(AmxError) -> Bool {
        var status = stat()
        guard let real = realpath(path, nil) else { return false }
        defer { free(real) }
        guard stat(real, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        let target = String(cString: real)
        let lock = "\(target).lock"
        let file = try Self.create(lock, for: path)
        do throws(AmxError) {
            guard let new = try content(try Self.content(of: target)) else {
                unlink(lock)
                return true
            }
            guard fchmod(file.descriptor, status.st_mode & 0o777) == 0 else {
                throw AmxError.system("cannot set the mode of \(path)")
            }
            try file.write(new)
            try file.sync()
            guard rename(lock, target) == 0 else { throw AmxError.system("cannot write \(path)") }
        } catch {
            unlink(lock)
            throw error
        }
        // libgit2 keeps what it has read of the file.
        if let opened { git_config_free(opened) }
        opened = nil
        try Directory.sync(Directory.parent(of: target))
        return true
    }

    private static func create(_ lock: String, for path: String) throws(AmxError) -> OpenFile {
        do throws(AmxError) {
            return try OpenFile(lock, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        } catch {
            guard Directory.exists(lock) else { throw error }
            throw AmxError(
                .conflict, "cannot change \(path): another program is changing it",
                hint: "try again; if none runs any more, remove \(lock)")
        }
    }
}
