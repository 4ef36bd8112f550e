package import Capsules
package import Objects

/// The keys that a user can speak of by fingerprint, since they have been seen here.
package struct SeenKeys {
    private let workspace: Workspace?

    /// Looks in a workspace, and in what the user has.
    package init(_ workspace: Workspace?) { self.workspace = workspace }

    /// Reads a key: a fingerprint, a `.pub` file, or the text of one.
    package func key(_ text: String) throws(AmxError) -> PublicKey {
        if text.hasPrefix("SHA256:") { return try seen(text) }
        if let key = PublicKey(line: text) { return key }
        guard let bytes = try FileContent.read(HomePath.expanded(text), limit: 65_536) else {
            throw AmxError(
                .notFound, "cannot find the key '\(TreeRules.printable(text.utf8))': there is no such file",
                hint: "give a .pub file, its text (`ssh-ed25519 AAAA...`), or a fingerprint (`SHA256:...`)")
        }
        let content = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        guard let key = PublicKey(line: content) else {
            throw AmxError(
                .failure, "cannot read a public key from \(text)",
                hint: content.contains("PRIVATE KEY")
                    ? "this is a private key: name the .pub file beside it, and keep this one to yourself"
                    : "a public key is a line with its type and base64, as in a .pub file")
        }
        return key
    }

    private func seen(_ fingerprint: String) throws(AmxError) -> PublicKey {
        if let key = try known().first(where: { $0.fingerprint == fingerprint }) { return key }
        throw AmxError(
            .notFound, "no key \(TreeRules.printable(fingerprint.utf8)) has been seen here",
            hint: "fetch what it has signed, or give the public key itself")
    }

    private func known() throws(AmxError) -> [PublicKey] {
        var keys = try SigningKeys.all(workspace).compactMap(\.publicKey)
        guard let workspace else { return keys }
        keys += try workspace.knownSigners.all().map(\.key)
        for id in try workspace.capsuleIDs() {
            guard let repository = try workspace.capsule(id).repository() else { continue }
            let snapshot = try repository.refs.snapshot()
            for tag in snapshot.tags where tag.peeled != nil {
                keys += Self.key(SignedObject(tag: try repository.read(tag.id, as: .tag)))
            }
            for tip in Set(snapshot.refs.map(\.commit)) where try repository.header(tip)?.kind == .commit {
                keys += Self.key(SignedObject(commit: try repository.read(tip, as: .commit)))
            }
        }
        return keys
    }

    private static func key(_ object: SignedObject) -> [PublicKey] {
        guard case .ssh(let armour, _) = object, let signature = try? SSHSignature(armored: armour) else { return [] }
        return [signature.key]
    }
}
