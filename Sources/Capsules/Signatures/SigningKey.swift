package import Objects

/// The key that signs: the value of `user.signingKey`, read as git reads it for `gpg.format = ssh`.
package struct SigningKey: Hashable, Sendable {
    /// The file of the private key, or of the public one whose private half an agent holds; empty for a literal.
    let path: String
    /// A public key that stands in the configuration itself; an agent holds its private half.
    let literal: PublicKey?
    /// How it is spoken of.
    package let name: String

    /// The key's file; nil for a literal.
    package var file: String? { literal == nil ? path : nil }

    /// Reads a value: `key::` and a public key, a public key, or a file, where `~/` is the user's home.
    ///
    /// `.failure` when there is no such file.
    package init(_ value: String) throws(AmxError) {
        let prefix = "key::"
        let text = value.hasPrefix(prefix) ? String(value.dropFirst(prefix.count)) : value
        if value.hasPrefix(prefix) || value.hasPrefix("ssh-") || value.hasPrefix("sk-ssh-") {
            guard let key = PublicKey(line: text) else {
                throw AmxError(
                    .failure, "cannot use user.signingKey: it is no public key",
                    hint: "set it to a key's file, or to `key::` and the key's type and base64")
            }
            literal = key
            path = ""
            name = key.fingerprint
            return
        }
        literal = nil
        path = HomePath.expanded(value)
        name = value
        guard Directory.exists(path), !Directory.isDirectory(path) else {
            throw AmxError(
                .failure, "cannot use user.signingKey: there is no file \(TreeRules.printable(value.utf8))",
                hint: "Amx signs with SSH keys: `amx key new` makes one, or set user.signingKey to yours")
        }
    }

    /// The public key, as far as it can be had without a passphrase: the literal, the file, or the file beside it.
    package func publicKey() throws(AmxError) -> PublicKey? {
        if let literal { return literal }
        for candidate in [path, "\(path).pub"] {
            guard let bytes = try FileContent.read(candidate, limit: 65_536) else { continue }
            if let key = PublicKey(line: String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)) { return key }
        }
        return nil
    }
}
