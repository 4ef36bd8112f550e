import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx key new`.
struct KeyNew: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make an Ed25519 key.",
        discussion: """
            The key goes into your configuration directory, amx/keys/NAME, readable by you only. It becomes user.signingKey of \
            amx/config there where none is set, and your address is allowed to sign with it in amx/allowed_signers. On a \
            terminal ssh-keygen asks for a passphrase; without one the key has none.

            Example:
              amx key new
              amx key new releases --no-passphrase
            """)

    @Argument(help: "The key's name.") var name = "signing"
    @Flag(help: "Do not ask for a passphrase.") var noPassphrase = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, !name.isEmpty, name.utf8.count <= 64, !name.hasPrefix("."), !name.hasPrefix("-"),
            !name.hasSuffix(".pub")
        else { throw ValidationError("'\(name)' is not a key's name: use letters, digits, hyphens") }
    }

    func run(_ output: Output) throws {
        let workspace = (try? Place())?.workspace
        let identity = try? workspace?.identity()
        let program = SSHKeygen(hasTerminal: SigningOptions.hasTerminal)
        let key = try SigningKeys.make(
            name, comment: identity?.email ?? name, with: program, asksPassphrase: !noPassphrase)
        var isConfigured = false
        if try SigningSettings(workspace).signingKeyName() == nil, let file = Workspace.userConfigPath() {
            try Directory.create(Directory.parent(of: file))
            try ConfigFile(file).set("user.signingKey", key.path)
            isConfigured = true
        }
        var principal: String?
        if let email = identity?.email, let file = try? AllowedSignersFile(path: UserFolder.allowedSigners()),
            (try? file.add(key.publicKey, as: email)) != nil
        {
            principal = email
        }
        try output.confirm(
            json: [
                "name": .string(name), "path": .string(key.path), "publicKey": .string(key.publicKey.line),
                "fingerprint": .string(key.publicKey.fingerprint), "configured": .bool(isConfigured),
                "principal": .optional(principal),
            ]
        ) { _ in
            var lines = ["Made the key \(key.publicKey.fingerprint) in \(key.path)"]
            if isConfigured { lines.append("user.signingKey is set to it") }
            if let principal { lines.append("You trust it as \(principal)") }
            return lines.joined(separator: "\n")
        }
        if !isConfigured { try output.warn("user.signingKey names another key, which still signs") }
    }
}
