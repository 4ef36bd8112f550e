import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx push`.
struct Push: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring branches and releases to a remote.",
        usage: "amx push [<remote>] [<id> ...] [--all]",
        discussion: """
            Pushes the current branch of each capsule and the releases in its history. Branches only go forward and releases are \
            only added; what would do more is rejected, with exit status 6. The first push makes the repository on a hub \
            or in a workspace; on another git server it must be there. Without ids: every capsule that has a commit, or in a \
            capsule's directory that one.

            Example:
              amx push
              amx push origin customer-service --all
            """)

    @Argument(help: ArgumentHelp("The remote, by default origin, and capsules.", valueName: "remote> <id"))
    var arguments: [String] = []
    @Flag(help: "Push every branch.") var all = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        var rest = arguments
        let session = try RemoteSession(taking: &rest, in: place.workspace)
        if rest.count == arguments.count { try place.checkRemoteOrID(rest.first) }
        let isNamed = !rest.isEmpty || place.currentID != nil
        let ids = try place.ids(rest).filter { try isNamed || hasCommit(place.workspace.capsule($0)) }
        let display = output.progress()
        let batch = TransferBatch(ids, isLenient: false, rejection: { $0.failure("push") }) { id in
            let repository = try place.workspace.capsule(id).existingRepository()
            return try HubClient.Push(
                id, from: repository, to: session.repository(id), named: session.name,
                selection: all ? .all : .current
            ).run { display.update(TransferLine.text(id, $0)) }
        }
        display.finish()
        try batch.check()
        try output.confirm(
            json: [
                "remote": .string(session.name), "url": .string(session.place.description),
                "pushed": .array(
                    batch.items.map { ["id": .string($0.id.string), "refs": TransferReport($0, .push).json] }),
            ]
        ) { style in
            guard !batch.items.isEmpty else { return "Nothing to push: no capsule has a commit" }
            let lines = batch.items.flatMap { [style.bold($0.id.string)] + TransferReport($0, .push).lines(style) }
            return (["To \(session.place)"] + lines).joined(separator: "\n")
        }
        try batch.finish()
    }

    private func hasCommit(_ capsule: WorkspaceCapsule) throws -> Bool {
        guard let repository = try capsule.repository() else { return false }
        return try !repository.refs.snapshot().branches.isEmpty
    }
}
