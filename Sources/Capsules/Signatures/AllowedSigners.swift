package import Objects

/// The keys that somebody trusts, with whose they are.
///
/// Read from files in the form that `ssh-keygen -Y verify` and `gpg.ssh.allowedSignersFile` take. Stricter than these, a
/// line that cannot be used is an error and not passed over: a misspelt one would trust nobody, or more than was meant.
package struct AllowedSigners: Sendable {
    /// The largest file, in bytes.
    package static let sizeLimit = 1 << 20

    /// The lines, each with the file that it stands in.
    package private(set) var entries: [(signer: AllowedSigner, file: String)] = []
    private var revoked: Set<PublicKey> = []

    /// Trusts nobody.
    package init() {}

    /// Adds the lines of a file; `.failure` names the line that cannot be used.
    package mutating func add(_ bytes: [UInt8], from file: String) throws(AmxError) {
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard let text = Self.content(of: line) else { continue }
            switch AllowedSigner.parse(text) {
            case .success(let signer): entries.append((signer, file))
            case .failure(let defect):
                throw AmxError(
                    .failure, "cannot use the allowed signers of \(file): line \(index + 1): \(defect.reason)",
                    hint: "a line is principals, options if any, the key's type and its base64; see docs/security.md")
            }
        }
    }

    /// Adds keys that count for nothing any more, one public key a line.
    package mutating func revoke(_ bytes: [UInt8], from file: String) throws(AmxError) {
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard let text = Self.content(of: line) else { continue }
            guard let key = PublicKey(line: text) else {
                throw AmxError(
                    .failure, "cannot use the revoked keys of \(file): line \(index + 1) is no public key",
                    hint:
                        "list the revoked public keys, one a line; OpenSSH's binary revocation lists are not supported")
            }
            revoked.insert(key)
        }
    }

    /// A line's text; nil for empty lines and comments.
    private static func content(of line: ArraySlice<UInt8>) -> String? {
        var line = line.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = line.last, [0x20, 0x09, 0x0D].contains(last) { line.removeLast() }
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        return String(decoding: line, as: UTF8.self)
    }

    /// Whether a key has been revoked.
    package func isRevoked(_ key: PublicKey) -> Bool { revoked.contains(key) }

    /// Whose a key is when it signs for some purpose at some time: the principals of the first line that allows it.
    ///
    /// Without one, the reason why the lines with this key don't, if there are any.
    func signer(
        of key: PublicKey, for namespace: SSHSignature.Namespace, at time: Int64
    ) -> (name: String?, objection: String?) {
        var objection: String?
        for entry in entries where entry.signer.key == key {
            guard let reason = entry.signer.objection(for: namespace, at: time) else { return (entry.signer.name, nil) }
            objection = objection ?? "\(reason) (\(entry.file))"
        }
        return (nil, objection)
    }
}
