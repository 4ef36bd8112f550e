import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx trust add`.
struct TrustAdd: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Trust a key.",
        discussion: """
            The key is given as a .pub file, as the text of one, or by the fingerprint of a key that this workspace has seen. It \
            counts for every capsule of the workspace, with --user for all your workspaces, with --capsule for that capsule's \
            releases only.

            Example:
              amx trust add ada@example.com ada.pub
              amx trust add ada@example.com SHA256:mM3a... --capsule customer-service
            """)

    @Argument(help: "Whose key it is, by a mail address.") var name: String
    @Argument(help: ArgumentHelp("The key.", valueName: "file|key|fingerprint")) var key: [String]
    @Flag(help: "Trust it in all your workspaces.") var user = false
    @Option(help: ArgumentHelp("Trust it for this capsule only.", valueName: "id")) var capsule: String?
    @Option(help: "For what it counts, by patterns: git (commits, releases), amx-capsule (.kc files).")
    var namespaces: String?
    @Option(help: ArgumentHelp("From when it counts: YYYYMMDD[HHMM[SS]][Z].", valueName: "time"))
    var validAfter: String?
    @Option(help: ArgumentHelp("Until when it counts.", valueName: "time")) var validBefore: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !key.isEmpty else { throw ValidationError("Missing expected argument '<file|key|fingerprint>'") }
        for time in [validAfter, validBefore].compactMap({ $0 }) where UTCTime.seconds(of: time) == nil {
            throw ValidationError("'\(time)' is not a time: YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with Z for UTC")
        }
        guard capsule == nil || !user && namespaces == nil && validAfter == nil && validBefore == nil else {
            throw ValidationError("--capsule goes with none of the other options")
        }
    }

    func run(_ output: Output) throws {
        let workspace = user ? (try? Place())?.workspace : try Place().workspace
        let found = try SeenKeys(workspace).key(key.joined(separator: " "))
        try found.checkSupported()
        let isNew: Bool
        let place: String
        if let capsule, let workspace {
            let id = try CapsuleID(capsule)
            isNew = try workspace.knownSigners.pin(found, as: name, for: id)
            place = "releases of \(id)"
        } else {
            let path =
                try user ? UserFolder.allowedSigners() : workspace?.allowedSignersPath ?? UserFolder.allowedSigners()
            isNew = try AllowedSignersFile(path: path).add(
                found, as: name, namespaces: namespaces, validAfter: validAfter, validBefore: validBefore)
            place = WorkingDirectory.shown(path)
        }
        try output.confirm(
            json: [
                "principal": .string(name), "fingerprint": .string(found.fingerprint), "place": .string(place),
                "added": .bool(isNew),
            ]
        ) { _ in
            isNew
                ? "\(name) is trusted with \(found.fingerprint) (\(place))"
                : "\(name) was trusted with \(found.fingerprint) already (\(place))"
        }
    }
}
