package import Capsules
import Glibc
package import Objects

/// The keys that the user can sign with.
package enum SigningKeys {
    /// One of them.
    package struct Entry: Sendable {
        /// Where it comes from.
        package enum Source: String, Sendable {
            /// `user.signingKey`.
            case configured
            /// `amx key new`.
            case file
            /// The user's agent.
            case agent
        }

        /// Where it comes from.
        package let source: Source
        /// The private key's file; nil for one that only an agent has.
        package let path: String?
        /// The public key; nil where it is not at hand without a passphrase.
        package let publicKey: PublicKey?
        /// Whether it is the one that signs.
        package let isConfigured: Bool
    }

    /// A key that was made.
    package struct Made: Sendable {
        /// The private key's file.
        package let path: String
        /// The public key.
        package let publicKey: PublicKey
    }

    /// The folder of the keys that `amx key new` makes.
    package static func folder() throws(AmxError) -> String { "\(try UserFolder.existing())/keys" }

    /// Makes a key; `.conflict` when there is one of that name.
    package static func make(
        _ name: String, comment: String, with program: SSHKeygen, asksPassphrase: Bool
    ) throws(AmxError) -> Made {
        let folder = try folder()
        try Directory.create(folder, mode: 0o700)
        let path = "\(folder)/\(name)"
        guard !Directory.exists(path), !Directory.exists("\(path).pub") else {
            throw AmxError(
                .conflict, "cannot make the key \(name): \(path) is there already",
                hint: "use it, or give the new key another name")
        }
        try program.makeKey(at: path, comment: comment, asks: asksPassphrase)
        guard let key = try SigningKey(path).publicKey() else {
            throw AmxError(.failure, "cannot make the key \(name): there is no public key in \(path).pub")
        }
        return Made(path: path, publicKey: key)
    }

    /// All keys: the configured one first, each public key once.
    package static func all(_ workspace: Workspace?) throws(AmxError) -> [Entry] {
        var entries: [Entry] = []
        if let name = try SigningSettings(workspace).signingKeyName() {
            let key = try? SigningKey(name)
            entries.append(
                Entry(
                    source: .configured, path: key == nil ? name : key?.file, publicKey: try key?.publicKey(),
                    isConfigured: true))
        }
        func add(_ key: PublicKey, _ source: Entry.Source, _ path: String?) {
            guard !entries.contains(where: { $0.publicKey == key }) else { return }
            entries.append(Entry(source: source, path: path, publicKey: key, isConfigured: false))
        }
        if let folder = try? folder(), Directory.isDirectory(folder) {
            for name in try Directory.names(in: folder).map({ String(decoding: $0, as: UTF8.self) }).sorted()
            where !name.hasSuffix(".pub") {
                guard let key = try SigningKey("\(folder)/\(name)").publicKey() else { continue }
                add(key, .file, "\(folder)/\(name)")
            }
        }
        for key in SSHAgent.keys() { add(key, .agent, nil) }
        return entries
    }

    /// The key of a name or fingerprint, or the one that signs; `.notFound` when there is none.
    package static func find(_ subject: String?, _ workspace: Workspace?) throws(AmxError) -> Entry {
        let entries = try all(workspace)
        guard let subject else {
            if let entry = entries.first(where: \.isConfigured) { return entry }
            throw AmxError(
                .notFound, "no key signs: user.signingKey is not set",
                hint: "make a key with `amx key new`, or name one of `amx key list`")
        }
        let found = entries.first { entry in
            entry.publicKey?.fingerprint == subject || entry.path.map { Directory.name(of: $0) == subject } == true
        }
        if let found { return found }
        throw AmxError(.notFound, "there is no key '\(subject)'", hint: "`amx key list` shows those that can sign")
    }
}
