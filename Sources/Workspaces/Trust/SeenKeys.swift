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
        return try PublicKey(given: text)
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
