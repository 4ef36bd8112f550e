import Glibc
package import Objects

/// The file of tokens, one for each origin or folder of it: `$XDG_CONFIG_HOME/amx/credentials` or `~/.config/amx/credentials`.
///
/// Plain text: empty lines and lines that start with `#` mean nothing, any other line is an address without a user, a user's
/// name and a token, separated by one blank. An address with a path, such as a hub's owner, is for what lies there and below. The file must be the user's own and closed to everyone else (mode 0600), or it is not
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

    /// The credential for a path of an origin: that of the nearest folder that has one, nil when none has.
    package func find(_ origin: Origin, path: String = "") throws(AmxError) -> Credential? {
        try nearest(origin, path: path)?.credential
    }

    /// The address that the credential for a path of an origin was stored for; nil when there is none.
    package func address(_ origin: Origin, path: String) throws(AmxError) -> String? {
        try nearest(origin, path: path)?.address
    }

    /// The addresses that have a credential, in the file's order.
    package func addresses() throws(AmxError) -> [String] {
        try entries().map(\.address)
    }

    /// Stores a credential, replacing the address's earlier one; refuses an origin that it could never be sent to.
    package func store(_ credential: Credential, for origin: Origin, path: String = "") throws(AmxError) {
        guard origin.maySendSecrets else {
            throw AmxError(
                .denied, "cannot store a token for \(origin): it would travel unencrypted", hint: "use https")
        }
        try change { entries in
            let entry = Entry(address: "\(origin)\(path)", credential: credential)
            if let index = entries.firstIndex(where: { $0.address == entry.address }) {
                entries[index] = entry
            } else {
                entries.append(entry)
            }
        }
    }

    /// Removes the credential of exactly this address; returns whether there was one.
    @discardableResult
    package func erase(_ origin: Origin, path: String = "") throws(AmxError) -> Bool {
        let address = "\(origin)\(path)"
        guard try addresses().contains(address) else { return false }
        try change { $0.removeAll { $0.address == address } }
        return true
    }

    // MARK: The file

    private struct Entry {
        let address: String
        let credential: Credential
    }

    private func nearest(_ origin: Origin, path: String) throws(AmxError) -> Entry? {
        let wanted = "\(origin)\(path)/".utf8
        return try entries().filter { wanted.starts(with: "\($0.address)/".utf8) }
            .max { $0.address.utf8.count < $1.address.utf8.count }
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
        var text = "# Tokens of amx, kept by `amx login` and `amx logout`: address, user, token.\n"
        for entry in entries { text += "\(entry.address) \(entry.credential.user) \(entry.credential.token)\n" }
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
                .failure, "cannot read \(path): line \(index + 1) is not `address user token`",
                hint: "correct the line, or remove it and run `amx login URL`")
            guard fields.count == 3 else { throw broken }
            do throws(AmxError) {
                let address = try WebAddress(parsing: fields[0])
                guard address.user == nil else { throw broken }
                let credential = try Credential(user: fields[1], token: fields[2])
                entries.append(Entry(address: address.text, credential: credential))
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
