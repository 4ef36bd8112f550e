import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx remote show`.
struct RemoteShow: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Ask a remote what it has, and how that stands to what is here.",
        usage: "amx remote show [<name>] [<id> ...]",
        discussion: """
            A hub, a workspace or a folder tells of all of its capsules; a plain git server only of those that are here or named. \
            Nothing is fetched. Capsules that are named are shown with every branch and release.

            Example:
              amx remote show origin
              amx remote show origin customer-service
            """)

    @Argument(help: ArgumentHelp("The remote, by default origin, and capsules.", valueName: "name> <id"))
    var arguments: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let place = try Place()
        var words = arguments
        let remote =
            words.isEmpty ? try place.workspace.defaultRemote() : try place.workspace.remote(words.removeFirst())
        let names = words.isEmpty ? [] : try place.ids(words)
        let leg = try TransferLeg(
            remote, .fetch,
            ids: place.workspace.inventory().ids.filter { Directory.exists(place.workspace.repositoryPath($0)) })
        let display = output.progress()
        let listing = try RemoteListing(
            leg, names: names, cacheFolder: place.workspace.cacheDirectory, display)
        display.finish()
        let capsules = try listing.entries.map { entry throws(AmxError) in
            try RemoteCapsule(entry, of: remote.name, in: place.workspace)
        }
        if capsules.isEmpty, !listing.isComplete { try listing.batch.check(output) }
        try output.show(json: json(remote, leg, listing, capsules)) { style in
            var lines = ["\(style.bold(remote.name))  \(leg.place)"]
            if let push = remote.pushURL { lines.append("pushes to  \(push)") }
            if !remote.takesReleases { lines.append("releases are not fetched") }
            if remote.prunes { lines.append("branches that are gone there are forgotten") }
            var table = Table()
            for capsule in capsules { table.add(style.bold(capsule.id.string), capsule.summary(style)) }
            let rows = table.text(indent: "  ").split(separator: "\n").map(String.init)
            for (row, capsule) in zip(rows, capsules) {
                lines.append(row)
                if !names.isEmpty { lines.append(capsule.details(style)) }
            }
            if capsules.isEmpty { lines.append("  nothing") }
            if names.isEmpty, !listing.isComplete {
                lines.append("  The server does not tell what else it has.")
            }
            return lines.joined(separator: "\n")
        }
        try listing.batch.finish(output)
    }

    private func json(
        _ remote: Remote, _ leg: TransferLeg, _ listing: RemoteListing, _ capsules: [RemoteCapsule]
    ) -> JSONValue {
        [
            "remote": .string(remote.name), "url": .string(leg.place.description), "pushUrl": .optional(remote.pushURL),
            "releases": .bool(remote.takesReleases), "prune": .bool(remote.prunes),
            "complete": .bool(listing.isComplete), "capsules": .array(capsules.map(\.json)),
            "failed": listing.batch.failed,
        ]
    }
}
