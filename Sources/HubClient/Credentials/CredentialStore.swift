import Glibc
package import Objects

/// The file of tokens, one for each origin: `$XDG_CONFIG_HOME/amx/credentials` or `~/.config/amx/credentials`.
///
/// Plain text: empty lines and lines that start with `#` mean nothing, any other line is an origin, a user's name and a
/// token, separated by one blank. The file must be the user's own and closed to everyone else (mode 0600), or it is not
/// read. A change replaces it whole, durably, under a lock, so that two `amx login` at once both hold.
package struct CredentialStore: Sendable {
    /// The path of the file, which need not exist.
    package let path: String

    private static let byteLimit = 1 << 20

    /// Uses a file.
    package init(path: String) {
        self.path = path
    }

    /// Uses the current user's file.
    package init(environment: (String) -> String?) throws(AmxError) {
        // A relative XDG path is to be ignored (XDG base directory specification).
        if let folder = environment("XDG_CONFIG_HOME"), folder.hasPrefix("/") {
            self.init(path: "\(folder)/amx/credentials")
        } else if let home = environment("HOME"), home.hasPrefix("/") {
            self.init(path: "\(home)/.config/amx/credentials")
        } else {
            throw AmxError(
                .failure, "cannot find the credentials: HOME is not set", hint: "set HOME or XDG_CONFIG_HOME")
        }
    }

    /// The credential of an origin, nil when there is none.
    package func find(_ origin: Origin) throws(AmxError) -> Credential? {
        try entries().first { $0.origin == origin.description }?.credential
    }

    /// The origins that have a credential, in the file's order.
    package func origins() throws(AmxError) -> [String] {
        try entries().map(\.origin)
    }

    /// Stores a credential, replacing the origin's earlier one; refuses an origin that it could never be sent to.
    package func store(_ credential: Credential, for origin: Origin) throws(AmxError) {
        guard origin.maySendSecrets else {
            throw AmxError(
                .denied, "cannot store a token for \(origin): it would travel unencrypted", hint: "use https")
        }
        try change { entries in
            let entry = Entry(origin: origin.description, credential: credential)
            if let index = entries.firstIndex(where: { $0.origin == entry.origin }) {
                entries[index] = entry
            } else {
                entries.append(entry)
            }
        }
    }

    /// Removes an origin's credential; returns whether there was one.
    @discardableResult
    package func erase(_ origin: Origin) throws(AmxError) -> Bool {
        guard try find(origin) != nil else { return false }
        try change { $0.removeAll { $0.origin == origin.description } }
        return true
    }

    // MARK: The file

    private struct Entry {
        let origin: String
        let credential: Credential
    }

    private func change(_ body: (inout [Entry]) -> Void) throws(AmxError) {
        // A link to the file is kept and its target replaced.
        let target = realpath(path, nil).map { resolved in
            defer { free(resolved) }
            return String(cString: resolved)
        }
        let file = target ?? path
        try Directory.create(Directory.parent(of: file), mode: 0o700)
        let lock = try FileLock("\(file).lock", busy: "cannot change the credentials")
        var entries = try entries()
        body(&entries)
        var text = "# Tokens of amx, kept by `amx login` and `amx logout`: origin, user, token.\n"
        for entry in entries { text += "\(entry.origin) \(entry.credential.user) \(entry.credential.token)\n" }
        try AtomicFile.write(Array(text.utf8), to: file, mode: 0o600)
        _ = consume lock
    }

    private func entries() throws(AmxError) -> [Entry] {
        guard let bytes = try content() else { return [] }
        var entries: [Entry] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
            let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            // What is wrong is not shown: it may be a token.
            let broken = AmxError(
                .failure, "cannot read \(path): line \(index + 1) is not `origin user token`",
                hint: "correct the line, or remove it and run `amx login URL`")
            guard fields.count == 3 else { throw broken }
            do throws(AmxError) {
                let origin = try WebAddress(parsing: fields[0])
                guard origin.path.isEmpty, origin.user == nil else { throw broken }
                let credential = try Credential(user: fields[1], token: fields[2])
                entries.append(Entry(origin: origin.origin.description, credential: credential))
            } catch {
                throw broken
            }
        }
        return entries
    }

    /// The file's bytes, nil when there is none; refuses a file that someone else may have read or written.
    private func content() throws(AmxError) -> [UInt8]? {
        guard Directory.exists(path) else { return nil }
        // Without O_NONBLOCK a named pipe would hang the open.
        let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw AmxError(
                .failure, "cannot use \(path): it is not a file", hint: "move it away, then run `amx login URL` again")
        }
        guard status.st_uid == geteuid() else {
            throw AmxError(
                .failure, "cannot use \(path): it belongs to another user",
                hint: "set XDG_CONFIG_HOME to a folder of your own, or take the file over with chown")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw AmxError(
                .failure,
                "cannot use \(path): others may read or write it (mode 0\(String(status.st_mode & 0o777, radix: 8)))",
                hint: "run `chmod 600 \(path)`; if others could read it, make new tokens")
        }
        return try file.readToEnd(limit: Self.byteLimit)
    }
}
