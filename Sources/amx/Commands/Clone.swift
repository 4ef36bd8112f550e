import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx clone`.
struct Clone: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a workspace with the capsule at an address.",
        discussion: """
            The capsule comes in packed form, and the place of its address becomes the remote origin.

            Example:
              amx clone https://hub.example/acme/customer-service.git
            """)

    @Argument(help: "The capsule's address, which ends in .git.") var url: String
    @Argument(help: "The workspace's directory; by default named after the capsule.") var directory: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let address = try RemoteURL(parsing: url, relativeTo: WorkingDirectory.path())
        let (id, place, repository) = try TransferLeg.connector().repository(at: address)
        let root = try WorkingDirectory.absolute(directory ?? id.string)
        let existed = Directory.exists(root)
        if existed, try !Directory.isDirectory(root) || !Directory.names(in: root).isEmpty {
            throw AmxError(
                .conflict, "cannot clone to \(root): it exists already and is not empty",
                hint: "name another directory: `amx clone URL DIR`")
        }
        // A wrong address or token is found out before anything is written.
        _ = try repository.refs()
        let display = output.progress()
        let outcome = Result {
            let workspace = try Workspace.create(at: root).workspace
            let remote = Remote(name: "origin", url: place.text)
            try workspace.write { () throws(AmxError) in try workspace.addRemote(remote) }
            return try CapsulePull(workspace.capsule(id), from: repository, named: remote.name)
                .run { display.update(TransferLine.text(id, $0)) }
        }
        display.finish()
        if case .failure = outcome { try Self.remove(root, existed: existed) }
        let pulled = try outcome.get()
        try output.confirm(
            json: [
                "workspace": .string(root), "capsules": [.string(id.string)], "branch": .optional(pulled.branch),
                "commit": .optional(pulled.commit?.hex),
            ]
        ) { _ in
            "Cloned \(id) to \(WorkingDirectory.shown(root)): \(pulled.branch ?? "") at \(pulled.commit?.abbreviated ?? "")"
        }
    }

    /// Takes back what a failed clone has made.
    private static func remove(_ root: String, existed: Bool) throws(AmxError) {
        guard existed else { return try Directory.remove(root) }
        for name in try Directory.names(in: root) {
            try Directory.remove("\(root)/\(String(decoding: name, as: UTF8.self))")
        }
    }
}
