import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx sign`.
struct Sign: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign .kc files, each with a signature beside it.",
        discussion: """
            Writes FILE.sig: a signature of the content's digest with user.signingKey. `amx verify FILE` looks for it. An \
            existing one is replaced only with --force.

            Example:
              amx sign customer-service.kc
            """)

    @Argument(help: ArgumentHelp("The .kc files.", valueName: "file")) var files: [String]
    @Flag(help: "Replace existing signatures.") var force = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let settings = try SigningSettings((try? Place())?.workspace)
        let key = try settings.signingKey()
        let program = try settings.program(hasTerminal: SigningOptions.hasTerminal)
        var made: [(path: String, digest: ContentDigest)] = []
        for file in files {
            guard Directory.exists(file) else {
                throw AmxError(.notFound, "cannot sign \(file): there is no such file")
            }
            let path = Verification.signaturePath(of: file)
            guard force || !Directory.exists(path) else {
                throw AmxError(
                    .conflict, "cannot sign \(file): there is a signature already: \(path)",
                    hint: "verify it with `amx verify`, or replace it with --force")
            }
            let digest = try ContainerReader(file).verify().digest
            let absolute = try WorkingDirectory.absolute(path)
            let signer = Signer(key, program: program, folder: Directory.parent(of: absolute))
            try AtomicFile.write(signer.signature(of: Array(digest.text.utf8), for: .capsule), to: absolute)
            made.append((path, digest))
        }
        let fingerprint = try key.publicKey()?.fingerprint
        try output.confirm(
            json: [
                "signatures": .array(
                    made.map { ["path": .string($0.path), "digest": .string($0.digest.text)] }),
                "key": .optional(fingerprint),
            ]
        ) { _ in
            made.map { "Signed \($0.digest.text): \($0.path)" }.joined(separator: "\n")
        }
    }
}
