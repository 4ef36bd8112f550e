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
            try signers.add(configured(path, "gpg.ssh.allowedSignersFile"), from: path)
        }
        for path in try settings.paths("gpg.ssh.revocationFile") {
            try signers.revoke(configured(path, "gpg.ssh.revocationFile"), from: path)
        }
        return signers
    }

    /// A file that the configuration names must be there: without it, trust would silently be another.
    private static func configured(_ path: String, _ key: String) throws(AmxError) -> [UInt8] {
        guard let bytes = try FileContent.read(path, limit: AllowedSigners.sizeLimit) else {
            throw AmxError(
                .failure, "cannot tell whom to trust: \(key) names \(path), and there is no such file",
                hint: "correct the setting, or make the file")
        }
        return bytes
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
