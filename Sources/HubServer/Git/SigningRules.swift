import Capsules
import Objects

/// What a hub requires to be signed, as files in its data directory that are read at every push.
///
/// ```
/// policy/config                         policy.requireSigned, in git's configuration format
/// policy/allowed_signers                who may sign, as for `ssh-keygen -Y verify`
/// policy/revoked_keys                   public keys that count no more, one a line
/// policy/owners/<owner>/...             the same three for one owner, which add to the hub's
/// ```
struct SigningRules {
    private let folders: [String]

    /// The rules for an owner's repositories.
    init(_ directory: DataDirectory, for owner: OwnerName) {
        let hub = "\(directory.path)/policy"
        folders = [hub, "\(hub)/owners/\(owner.string)"]
    }

    /// What pushes are held against; `.failure` names the file that cannot be used.
    func policy() throws(AmxError) -> SignaturePolicy {
        var patterns: [String] = []
        var allowed = AllowedSigners()
        for folder in folders where Directory.isDirectory(folder) {
            let config = "\(folder)/config"
            if Directory.exists(config) {
                patterns += try ConfigFile(config).entries(matching: "^policy\\.requiresigned$").map(\.value)
            }
            let signers = "\(folder)/allowed_signers"
            if let bytes = try FileContent.read(signers, limit: AllowedSigners.sizeLimit) {
                try allowed.add(bytes, from: signers)
            }
            let revoked = "\(folder)/revoked_keys"
            if let bytes = try FileContent.read(revoked, limit: AllowedSigners.sizeLimit) {
                try allowed.revoke(bytes, from: revoked)
            }
        }
        return try SignaturePolicy(requiring: patterns, by: TrustedSigners(allowed: allowed))
    }
}
