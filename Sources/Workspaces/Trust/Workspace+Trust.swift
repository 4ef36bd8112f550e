package import Capsules
package import Objects

extension Workspace {
    /// The workspace's own allowed signers, which no push takes along.
    package var allowedSignersPath: String { "\(metadata)/allowed_signers" }

    /// The keys that this workspace's capsules have been seen with.
    package var knownSigners: KnownSigners { KnownSigners(self) }

    /// Everybody whom the workspace and its user allow to sign; without a workspace, the user alone.
    ///
    /// Without the user, the workspace alone: whoever pushes here is not asked.
    package static func allowedSigners(
        _ workspace: Workspace?, withUser: Bool = true
    ) throws(AmxError) -> AllowedSigners {
        let settings = try SigningSettings(workspace, withUser: withUser)
        var signers = AllowedSigners()
        let own = [workspace?.allowedSignersPath, withUser ? UserFolder.allowedSignersPath : nil].compactMap { $0 }
        for path in own {
            guard let bytes = try FileContent.read(path, limit: AllowedSigners.sizeLimit) else { continue }
            try signers.add(bytes, from: path)
        }
        for path in try settings.paths("gpg.ssh.allowedSignersFile") where !own.contains(path) {
            try signers.add(AllowedSigners.content(of: path, namedBy: "gpg.ssh.allowedSignersFile"), from: path)
        }
        for path in try settings.paths("gpg.ssh.revocationFile") {
            try signers.revoke(AllowedSigners.content(of: path, namedBy: "gpg.ssh.revocationFile"), from: path)
        }
        return signers
    }

    /// Who is trusted to sign a capsule.
    package func trustedSigners(of id: CapsuleID) throws(AmxError) -> TrustedSigners {
        TrustedSigners(allowed: try Self.allowedSigners(self), known: try knownSigners.all(of: id))
    }

    /// What a capsule's references are held against when they are fetched.
    package func signaturePolicy(of id: CapsuleID) throws(AmxError) -> SignaturePolicy {
        try SignaturePolicy(requiring: SigningSettings(self).requiredSignatures(), by: trustedSigners(of: id))
    }

    /// What a capsule's references are held against when somebody else pushes them here: the workspace's own files.
    package func receivingPolicy(of id: CapsuleID) throws(AmxError) -> SignaturePolicy {
        try SignaturePolicy(
            requiring: SigningSettings(self, withUser: false).requiredSignatures(),
            by: TrustedSigners(
                allowed: Self.allowedSigners(self, withUser: false), known: knownSigners.all(of: id)))
    }
}
