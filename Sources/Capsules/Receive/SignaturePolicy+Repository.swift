package import Objects

extension SignaturePolicy {
    /// What the configuration of a plain git server's repository requires, together with a folder of rules.
    ///
    /// Of the repository's own file `config`, with what it includes, count `policy.requireSigned`, and under git's own names
    /// `gpg.ssh.allowedSignersFile` and `gpg.ssh.revocationFile`, whose paths are relative to the repository's folder. What the user
    /// has configured who runs the hook does not count: that may be whoever pushes. `.failure` when something that is named
    /// cannot be read.
    package init(of repository: Repository, and folder: PolicyFolder?) throws(AmxError) {
        let config = try ConfigFile("\(repository.path)/config")
        var patterns = try config.patterns()
        var allowed = AllowedSigners()
        if let (file, bytes) = try Self.named("gpg.ssh.allowedSignersFile", by: config, in: repository) {
            try allowed.add(bytes, from: file)
        }
        if let (file, bytes) = try Self.named("gpg.ssh.revocationFile", by: config, in: repository) {
            try allowed.revoke(bytes, from: file)
        }
        if let folder {
            patterns += try folder.patterns()
            try folder.add(to: &allowed)
        }
        try self.init(requiring: patterns, by: TrustedSigners(allowed: allowed))
    }

    private static func named(
        _ key: String, by config: ConfigFile, in repository: Repository
    ) throws(AmxError) -> (file: String, bytes: [UInt8])? {
        guard let value = try config.string(key), !value.isEmpty else { return nil }
        let expanded = HomePath.expanded(value)
        let path = expanded.hasPrefix("/") ? expanded : "\(repository.path)/\(expanded)"
        return (path, try AllowedSigners.content(of: path, namedBy: key))
    }
}

extension AllowedSigners {
    /// The bytes of a file that a setting names. It must be there: without it, trust would silently be another.
    package static func content(of path: String, namedBy key: String) throws(AmxError) -> [UInt8] {
        guard let bytes = try FileContent.read(path, limit: sizeLimit) else {
            throw AmxError(
                .failure, "cannot tell whom to trust: \(key) names \(path), and there is no such file",
                hint: "correct the setting, or make the file")
        }
        return bytes
    }
}
