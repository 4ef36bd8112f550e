package import Objects

/// A folder that says which references must be signed, and by whom.
///
/// ```
/// config             policy.requireSigned, once for each pattern, in git's configuration format
/// allowed_signers    who may sign, as for `ssh-keygen -Y verify`
/// revoked_keys       public keys that count no more, one a line
/// ```
///
/// Each file may be missing, and so may the folder. They are read anew by every method; each change replaces a file whole and
/// durably.
package struct PolicyFolder: Sendable {
    /// The key of the patterns.
    package static let key = "policy.requireSigned"

    private let path: String
    private var configPath: String { "\(path)/config" }

    /// Uses a folder, which need not exist.
    package init(_ path: String) { self.path = path }

    /// Who may sign.
    package var allowedSigners: AllowedSignersFile { AllowedSignersFile(path: "\(path)/allowed_signers") }
    /// Whose signatures count no more.
    package var revokedKeys: RevokedKeysFile { RevokedKeysFile(path: "\(path)/revoked_keys") }

    /// The patterns of references that must be signed.
    package func patterns() throws(AmxError) -> [String] { try ConfigFile(configPath).patterns() }

    /// Adds those who may sign, and the keys that count no more; `.failure` names the file that cannot be used.
    package func add(to signers: inout AllowedSigners) throws(AmxError) {
        let allowed = "\(path)/allowed_signers"
        if let bytes = try Self.content(of: allowed) { try signers.add(bytes, from: allowed) }
        let revoked = "\(path)/revoked_keys"
        if let bytes = try Self.content(of: revoked) { try signers.revoke(bytes, from: revoked) }
    }

    /// A file's bytes; nil when there is none. A folder in its place would mean fewer rules than somebody has made.
    private static func content(of path: String) throws(AmxError) -> [UInt8]? {
        let bytes = try FileContent.read(path, limit: AllowedSigners.sizeLimit)
        guard bytes != nil || !Directory.exists(path) else { throw AmxError.notRegular(path) }
        return bytes
    }

    /// Requires signatures of what a pattern fits; false when that was so already. `.failure` for one that could fit nothing.
    package func require(_ pattern: String) throws(AmxError) -> Bool {
        _ = try SignaturePolicy(requiring: [pattern])
        guard try !patterns().contains(where: { $0.utf8.elementsEqual(pattern.utf8) }) else { return false }
        try changeConfig { config throws(AmxError) in try config.add(Self.key, pattern) }
        return true
    }

    /// Takes a pattern back; false when it was not there.
    package func withdraw(_ pattern: String) throws(AmxError) -> Bool {
        guard try patterns().contains(where: { $0.utf8.elementsEqual(pattern.utf8) }) else { return false }
        try changeConfig { config throws(AmxError) in try config.remove(Self.key, pattern) }
        return true
    }

    /// Changes a copy of the file, which then takes its place: a reader, or a crash, never sees it without its rules.
    private func changeConfig(_ body: (ConfigFile) throws(AmxError) -> Void) throws(AmxError) {
        try Directory.createDurably(path)
        let lock = try FileLock("\(path)/lock", busy: "cannot change \(configPath)")
        let copy = "\(path)/\(Directory.temporaryName("config"))"
        defer { try? Directory.remove(copy) }
        try AtomicFile.write(FileContent.read(configPath, limit: 1 << 24) ?? [], to: copy)
        try body(ConfigFile(copy))
        try AtomicFile.write(FileContent.read(copy, limit: 1 << 24) ?? [], to: configPath)
        _ = consume lock
    }
}

extension ConfigFile {
    /// The patterns of `policy.requireSigned`, in the file's order.
    package func patterns() throws(AmxError) -> [String] {
        try entries(matching: "^policy\\.requiresigned$").map(\.value)
    }
}

extension SignaturePolicy {
    /// What all of some folders require, and whom they trust together.
    package init(_ folders: [PolicyFolder]) throws(AmxError) {
        var patterns: [String] = []
        var allowed = AllowedSigners()
        for folder in folders {
            patterns += try folder.patterns()
            try folder.add(to: &allowed)
        }
        try self.init(requiring: patterns, by: TrustedSigners(allowed: allowed))
    }
}
