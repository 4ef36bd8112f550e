import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx pull`.
struct Pull: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fetch capsules and bring their working forms forward.",
        usage: "amx pull [<remote>] [<id> ...]",
        discussion: """
            The current branch moves forward to the remote's. Diverged branches and uncommitted changes are left alone, with exit \
            status 6. A capsule that is not here comes in packed form. Without ids: every capsule that is here, or in a capsule's \
            directory that one.

            Example:
              amx pull
              amx pull origin product-catalog
            """)

    @Argument(help: ArgumentHelp("The remote, by default origin, and capsules.", valueName: "remote> <id"))
    var arguments: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        var rest = arguments
        let session = try RemoteSession(taking: &rest, in: place.workspace)
        let isNamed = !rest.isEmpty || place.currentID != nil
        let ids = try place.ids(rest).filter { try isNamed || place.workspace.capsule($0).repository() != nil }
        let display = output.progress()
        let batch = TransferBatch(ids, isLenient: !isNamed, rejection: { $0.transfer.failure("pull") }) { id in
            try CapsulePull(place.workspace.capsule(id), from: session.repository(id), named: session.name)
                .run { display.update(TransferLine.text(id, $0)) }
        }
        display.finish()
        try batch.check()
        try output.confirm(
            json: [
                "remote": .string(session.name), "url": .string(session.place.description),
                "pulled": .array(batch.items.map(\.json)), "absent": .strings(batch.absent.map(\.string)),
            ]
        ) { style in
            guard !batch.items.isEmpty else { return "Nothing to pull: name the capsules that should come here" }
            let lines = batch.items.flatMap { [$0.line(style)] + TransferReport($0.transfer, .fetch).lines(style) }
            return (["From \(session.place)"] + lines).joined(separator: "\n")
        }
        try batch.finish()
    }
}
