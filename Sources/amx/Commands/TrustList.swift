import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx trust list`.
struct TrustList: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys that are trusted, and those that capsules have been seen with.",
        discussion: """
            Example:
              amx trust list
            """)

    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let workspace = (try? Place())?.workspace
        let allowed = try Workspace.allowedSigners(workspace)
        let known = try workspace?.knownSigners.all() ?? []
        try output.show(
            json: [
                "allowed": .array(allowed.entries.map { Self.json($0.signer, $0.file, allowed) }),
                "known": .array(known.map(Self.json)),
            ]
        ) { style in
            var table = Table()
            for (signer, file) in allowed.entries {
                table.add(
                    style.bold(signer.name), signer.key.fingerprint,
                    Self.conditions(of: signer, allowed.isRevoked(signer.key)), WorkingDirectory.shown(file))
            }
            for signer in known {
                table.add(
                    style.bold(signer.principal), signer.key.fingerprint,
                    "\(signer.standing.rawValue), \(signer.capsule) only",
                    "seen \(UTCTime.text(signer.time)) at \(signer.place)")
            }
            let text = table.text()
            return text.isEmpty ? "Nobody is trusted yet: `amx trust add NAME KEY`" : text
        }
    }

    private static func conditions(of signer: AllowedSigner, _ isRevoked: Bool) -> String {
        if isRevoked { return "revoked" }
        var words = ["allowed"]
        if let list = signer.namespaceList { words.append("for \(list)") }
        if let time = signer.validAfter { words.append("from \(UTCTime.text(time))") }
        if let time = signer.validBefore { words.append("until \(UTCTime.text(time))") }
        return words.joined(separator: " ")
    }

    private static func json(_ signer: AllowedSigner, _ file: String, _ allowed: AllowedSigners) -> JSONValue {
        [
            "principal": .string(signer.name), "fingerprint": .string(signer.key.fingerprint),
            "key": .string(signer.key.line), "namespaces": .optional(signer.namespaceList),
            "validAfter": .optional(signer.validAfter.map(UTCTime.text)),
            "validBefore": .optional(signer.validBefore.map(UTCTime.text)),
            "revoked": .bool(allowed.isRevoked(signer.key)), "file": .string(file),
        ]
    }

    private static func json(_ signer: KnownSigner) -> JSONValue {
        [
            "capsule": .string(signer.capsule.string), "principal": .string(signer.principal),
            "fingerprint": .string(signer.key.fingerprint), "key": .string(signer.key.line),
            "standing": .string(signer.standing.rawValue), "release": .string(signer.release),
            "place": .string(signer.place), "time": .string(UTCTime.text(signer.time)),
        ]
    }
}
