import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx fetch`.
struct Fetch: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get a remote's branches and releases, and change nothing else.",
        usage: "amx fetch [<remote>] [<id> ...]",
        discussion: """
            The remote's branches become REMOTE/BRANCH here, for `amx diff` and `amx status` to compare with. Without ids: every \
            capsule that is here, or in a capsule's directory that one.

            Example:
              amx fetch origin customer-service
              amx diff customer-service main origin/main
            """)

    @Argument(help: ArgumentHelp("The remote, by default origin, and capsules.", valueName: "remote> <id"))
    var arguments: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        var rest = arguments
        let session = try RemoteSession(taking: &rest, in: place.workspace)
        if rest.count == arguments.count { try place.checkRemoteOrID(rest.first) }
        let isNamed = !rest.isEmpty || place.currentID != nil
        let ids = try place.ids(rest).filter { try isNamed || place.workspace.capsule($0).repository() != nil }
        let display = output.progress()
        let batch = TransferBatch(ids, isLenient: !isNamed, rejection: { $0.failure("fetch") }) { id in
            let repository = try place.workspace.capsule(id).existingRepository()
            return try HubClient.Fetch(id, from: session.repository(id), named: session.name, into: repository)
                .run { display.update(TransferLine.text(id, $0)) }
        }
        display.finish()
        try batch.check()
        try output.confirm(
            json: [
                "remote": .string(session.name), "url": .string(session.place.description),
                "fetched": .array(
                    batch.items.map { ["id": .string($0.id.string), "refs": TransferReport($0, .fetch).json] }),
                "absent": .strings(batch.absent.map(\.string)),
            ]
        ) { style in
            let lines = batch.items.flatMap { [style.bold($0.id.string)] + TransferReport($0, .fetch).lines(style) }
            return (["From \(session.place)"] + lines).joined(separator: "\n")
        }
        try batch.finish()
    }
}
