import ArgumentParser
import Capsules
import Glibc
import Objects
import Workspaces

/// The option of commands that can sign what they make.
struct SigningOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Sign with user.signingKey; by default as commit.gpgSign or tag.gpgSign says.")
    var sign: Bool?

    /// Whether somebody can be asked for a passphrase.
    static var hasTerminal: Bool { isatty(0) == 1 }

    /// The configured author, who signs when asked to, or when `byDefault` says so and nothing else was asked.
    func identity(
        of workspace: Workspace, byDefault: (SigningSettings) throws(AmxError) -> Bool
    ) throws(AmxError) -> Identity {
        var identity = try workspace.identity()
        var signs = sign ?? false
        if sign == nil { signs = try byDefault(SigningSettings(workspace)) }
        if signs { identity.signer = try workspace.signer(hasTerminal: Self.hasTerminal) }
        return identity
    }
}

extension Identity {
    /// The fingerprint of the key that signs; nil where nothing is signed or it cannot be told.
    var fingerprint: String? {
        guard let signer else { return nil }
        return (try? signer.key.publicKey())?.fingerprint
    }
}
