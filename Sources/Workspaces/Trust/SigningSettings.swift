package import Capsules
import Glibc
package import Objects

/// What the configuration says of signing: the workspace's, then the user's, then git's
/// global one where that is about SSH signatures.
package struct SigningSettings {
    private let files: [ConfigFile]
    // The workspace's and the user's come first.
    private let own: Int
    private let root: String?

    /// Reads the configuration; without a workspace what holds everywhere, without the user what holds in the workspace.
    package init(_ workspace: Workspace?, withUser: Bool = true) throws(AmxError) {
        var files: [ConfigFile] = []
        if let workspace { files.append(try workspace.configuration()) }
        let user = withUser ? Workspace.userConfigPath() : nil
        if let user { files.append(try ConfigFile(user)) }
        let own = files.count
        if withUser {
            for path in Workspace.globalConfigPaths() where path != user { files.append(try ConfigFile(path)) }
        }
        var format: String?
        for file in files where format == nil { format = try file.string("gpg.format") }
        // Keys of OpenPGP are named in the same places.
        self.files = format == "ssh" ? files : Array(files.prefix(own))
        self.own = own
        root = workspace?.root
    }

    /// Whether commits are signed unless the user says otherwise: `commit.gpgSign`.
    package func signsCommits() throws(AmxError) -> Bool { try flag("commit.gpgSign") }

    /// Whether releases are signed unless the user says otherwise: `tag.gpgSign`.
    package func signsReleases() throws(AmxError) -> Bool { try flag("tag.gpgSign") }

    /// Whether batches of events are signed: `events.sign`, else as commits are.
    package func signsEvents() throws(AmxError) -> Bool {
        for file in files.prefix(own) {
            if let value = try file.string("events.sign") { return try flag(value, of: "events.sign") }
        }
        return try signsCommits()
    }

    /// The value of `user.signingKey`.
    package func signingKeyName() throws(AmxError) -> String? {
        try string("user.signingKey").flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The key that signs; `.failure` when none is configured.
    package func signingKey() throws(AmxError) -> SigningKey {
        guard let name = try signingKeyName() else {
            throw AmxError(
                .failure, "cannot sign: user.signingKey is not set",
                hint: "`amx key new` makes a key and sets it; git's global key is used where gpg.format is ssh")
        }
        return try SigningKey(name)
    }

    /// The program that signs; where nobody can answer it may take some seconds.
    package func program(hasTerminal: Bool, seconds: Int = 60) throws(AmxError) -> SSHKeygen {
        let name = try string("gpg.ssh.program") ?? ""
        return SSHKeygen(
            program: name.isEmpty ? SSHKeygen.standard : HomePath.expanded(name), hasTerminal: hasTerminal,
            seconds: seconds)
    }

    /// The patterns of references that must be signed, from every configuration: `policy.requireSigned`.
    func requiredSignatures() throws(AmxError) -> [String] {
        var patterns: [String] = []
        for file in files.prefix(own) {
            patterns += try file.patterns()
        }
        return patterns
    }

    /// The files named by a setting such as `gpg.ssh.allowedSignersFile`, one for each configuration that has it.
    func paths(_ key: String) throws(AmxError) -> [String] {
        var paths: [String] = []
        for file in files {
            guard let value = try file.string(key), !value.isEmpty else { continue }
            let path = HomePath.expanded(value)
            paths.append(path.hasPrefix("/") ? path : "\(root ?? ".")/\(path)")
        }
        return paths
    }

    private func string(_ key: String) throws(AmxError) -> String? {
        for file in files { if let value = try file.string(key) { return value } }
        return nil
    }

    private func flag(_ key: String) throws(AmxError) -> Bool {
        guard let value = try string(key) else { return false }
        return try flag(value, of: key)
    }

    private func flag(_ value: String, of key: String) throws(AmxError) -> Bool {
        switch value.lowercased() {
        case "true", "yes", "on", "1", "": return true
        case "false", "no", "off", "0": return false
        default:
            throw AmxError(
                .failure, "cannot tell whether to sign: \(key) is '\(TreeRules.printable(value.utf8))'",
                hint: "set it to true or false")
        }
    }
}

extension Workspace {
    /// Who signs with the configured key.
    package func signer(hasTerminal: Bool) throws(AmxError) -> Signer {
        let settings = try SigningSettings(self)
        return Signer(
            try settings.signingKey(), program: try settings.program(hasTerminal: hasTerminal),
            folder: temporaryDirectory)
    }
}
