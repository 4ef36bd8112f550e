import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx trust remove`.
struct TrustRemove: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Stop trusting a key.",
        discussion: """
            Removes the lines with a name or a fingerprint from the workspace's allowed signers, with --user from yours, and \
            forgets the keys that capsules have been seen with; with --capsule only those of one capsule. A capsule without any \
            known key takes the next one that it is seen with.

            Example:
              amx trust remove ada@example.com
              amx trust remove SHA256:mM3a... --capsule customer-service
            """)

    @Argument(help: ArgumentHelp("Whom to trust no more.", valueName: "name|fingerprint")) var subject: String
    @Flag(help: "Remove from what all your workspaces trust.") var user = false
    @Option(help: ArgumentHelp("Forget what this capsule was seen with.", valueName: "id")) var capsule: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard capsule == nil || !user else { throw ValidationError("--capsule and --user exclude each other") }
    }

    func run(_ output: Output) throws {
        var removed: [String] = []
        if user {
            removed = try AllowedSignersFile(path: UserFolder.allowedSigners()).remove(subject)
        } else {
            let workspace = try Place().workspace
            let id = try capsule.map { (text) throws(AmxError) in try CapsuleID(text) }
            if id == nil { removed = try AllowedSignersFile(path: workspace.allowedSignersPath).remove(subject) }
            removed += try workspace.knownSigners.remove { signer in
                (id == nil || signer.capsule == id)
                    && (signer.principal.utf8.elementsEqual(subject.utf8) || signer.key.fingerprint == subject)
            }.map(\.key.fingerprint)
        }
        guard !removed.isEmpty else {
            throw AmxError(
                .notFound, "there is nobody to remove: no trusted key is called '\(subject)'",
                hint: "`amx trust list` shows the names, the fingerprints and where each stands")
        }
        try output.confirm(json: ["removed": .strings(removed)]) { _ in
            "Removed \(subject): \(removed.count) \(removed.count == 1 ? "entry" : "entries")"
        }
    }
}
