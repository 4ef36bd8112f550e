import Glibc
package import Objects

/// Runs OpenSSH's `ssh-keygen`, or the program that stands in for it, as git does.
///
/// Where there is a terminal it may ask there, for a passphrase or a touch, and takes its time. Where there is none it
/// can ask nobody and has a minute, or as long as `AMX_SIGN_TIMEOUT` says. Calls block.
package struct SSHKeygen: Hashable, Sendable {
    private let tool: SSHTool
    private let hasTerminal: Bool
    private var program: String { tool.program }

    /// OpenSSH's own program.
    package static let standard = "ssh-keygen"

    /// Uses a program, by default the one on PATH; `hasTerminal` says whether somebody can answer a question, `seconds` how long it may
    /// take where nobody can.
    package init(program: String = standard, hasTerminal: Bool, seconds: Int = 60) {
        tool = SSHTool(program, hasTerminal: hasTerminal, seconds: seconds)
        self.hasTerminal = hasTerminal
    }

    /// Signs bytes with a key's file, which may also be a public key whose private half an agent holds.
    ///
    /// Returns the armoured signature, which has been verified. Files that are needed meanwhile go into `folder`.
    package func sign(
        _ bytes: [UInt8], for namespace: SSHSignature.Namespace, with key: SigningKey, in folder: String
    ) throws(AmxError) -> [UInt8] {
        let place = "\(folder)/\(Directory.temporaryName("sign"))"
        guard mkdir(place, 0o700) == 0 else { throw AmxError.system("cannot create \(place)") }
        defer { try? Directory.remove(place) }
        let message = "\(place)/message"
        try AtomicFile.write(bytes, to: message, mode: 0o600)
        var file = key.path
        if let literal = key.literal {
            file = "\(place)/key.pub"
            try AtomicFile.write(Array("\(literal.line)\n".utf8), to: file, mode: 0o600)
        }
        // A program that stands in for ssh-keygen is called as git calls it.
        let quiet = program == Self.standard ? ["-q"] : []
        let outcome = try tool.run(quiet + ["-Y", "sign", "-n", namespace.rawValue, "-f", file, message])
        guard outcome.status == 0, outcome.limit == nil else { throw failure(outcome, key) }
        guard let armour = try FileContent.read("\(message).sig", limit: SSHSignature.sizeLimit) else {
            throw AmxError(.failure, "cannot sign with \(key.name): \(program) wrote no signature")
        }
        do throws(AmxError) {
            let signature = try SSHSignature(armored: armour)
            guard signature.key.isSupported else {
                throw AmxError(
                    .usage, "cannot sign with \(key.name): it is of the type \(signature.key.type)",
                    hint: "Amx signs with Ed25519 keys: `amx key new` makes one")
            }
            try signature.verify(bytes, for: namespace)
        } catch  where error.code == .verification {
            throw AmxError(.failure, "cannot sign with \(key.name): \(program) made no usable signature", cause: error)
        }
        return armour
    }

    /// Makes an Ed25519 key: a private file that only its owner can read, and the public one beside it.
    ///
    /// A passphrase is asked for on the terminal, where there is one and `asks` is set; else the key has none.
    package func makeKey(at path: String, comment: String, asks: Bool) throws(AmxError) {
        let passphrase = asks && hasTerminal ? [] : ["-N", ""]
        let outcome = try tool.run(["-q", "-t", "ed25519", "-C", comment, "-f", path] + passphrase)
        guard outcome.status == 0, outcome.limit == nil, Directory.exists(path) else {
            throw AmxError(.failure, "cannot make the key \(path): \(outcome.reason)")
        }
    }

    private func failure(_ outcome: SSHTool.Outcome, _ key: SigningKey) -> AmxError {
        if let limit = outcome.limit {
            return AmxError(
                .usage, "cannot sign with \(key.name): \(program) gave no answer within \(limit) seconds",
                hint: "if the key must be touched or an agent asks, run the command in a terminal; "
                    + "\(SSHTool.timeLimitName) sets how long to wait where there is none")
        }
        if !hasTerminal, outcome.errors.contains("passphrase") {
            return AmxError(
                .usage, "cannot sign with \(key.name): it has a passphrase, and there is no terminal to ask for it",
                hint: "load the key into an agent with `ssh-add`, or run the command in a terminal")
        }
        if outcome.status == 128 + SIGINT { return AmxError(.interrupted, "interrupted: nothing was signed") }
        return AmxError(
            .failure, "cannot sign with \(key.name): \(outcome.reason)",
            hint: "user.signingKey is a private key's file, or a public one whose private half ssh-agent has")
    }
}
