import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx ls-remote`.
struct LsRemote: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls-remote", abstract: "List a remote's references as they are there now.",
        usage: "amx ls-remote [<remote>|<url>] [<id> ...]",
        discussion: """
            Changes nothing, and with an address needs no workspace. Of one capsule, lines are a commit and a reference; of several, \
            the capsule's id stands between. An address that ends in .git is one capsule's.

            Example:
              amx ls-remote origin customer-service
              amx ls-remote https://hub.example/acme
            """)

    @Argument(
        help: ArgumentHelp("The remote or its address, by default origin, and capsules.", valueName: "remote> <id"))
    var arguments: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        var words = arguments
        let display = output.progress()
        let (leg, one, workspace) = try take(&words)
        // A first word that is no remote is a capsule's id, or a remote's name with a typing error.
        let remotes = words.count == arguments.count ? try workspace?.remotes().map(\.name) ?? [] : []
        let names = try one.map { [$0] } ?? words.map { word throws(AmxError) in try CapsuleID(word) }
        if one != nil, let word = words.first {
            throw AmxError(.usage, "unexpected argument '\(word)': the address is already one capsule's")
        }
        let listing = try RemoteListing(
            leg, names: names, others: remotes, cacheFolder: workspace?.cacheDirectory, display)
        display.finish()
        try listing.batch.check(output)
        let capsules = listing.entries
        let json: JSONValue = [
            "url": .string(leg.place.description), "complete": .bool(listing.isComplete),
            "capsules": .array(capsules.map(Self.json)), "failed": listing.batch.failed,
        ]
        try output.show(json: json) { _ in
            capsules.flatMap { entry in
                entry.refs.refs.map { ref in
                    names.count == 1
                        ? "\(ref.id)\t\(ref.name.string)" : "\(ref.id)\t\(entry.id)\t\(ref.name.string)"
                }
            }.joined(separator: "\n")
        }
        if capsules.isEmpty, names.isEmpty, !listing.isComplete {
            try output.warn("\(leg.place) does not tell what it has: name its capsules")
        }
        try listing.batch.finish(output)
    }

    /// Takes the remote or address off the words; with it, the capsule whose own address it is, and the workspace around.
    private func take(_ words: inout [String]) throws -> (leg: TransferLeg, one: CapsuleID?, workspace: Workspace?) {
        guard let first = words.first, first.contains("/") else {
            let place = try Place()
            let workspace = place.workspace
            var remote = try? workspace.defaultRemote()
            if let first = words.first, let named = try workspace.remotes().first(where: { $0.name == first }) {
                remote = named
                words.removeFirst()
            }
            let ids = try workspace.inventory().ids.filter { Directory.exists(workspace.repositoryPath($0)) }
            return (try TransferLeg(try remote ?? workspace.defaultRemote(), .fetch, ids: ids), nil, workspace)
        }
        words.removeFirst()
        let address = try RemoteURL(parsing: first, relativeTo: WorkingDirectory.path())
        guard let (place, name) = address.repositoryParts else {
            return (try TransferLeg(Remote(name: first, url: address.text), .fetch), nil, nil)
        }
        return (try TransferLeg(Remote(name: first, url: place.text), .fetch), try CapsuleID(name), nil)
    }

    private static func json(_ entry: RemoteListing.Entry) -> JSONValue {
        let refs = entry.refs.refs.map { ref -> JSONValue in
            ["ref": .string(ref.name.string), "oid": .string(ref.id.hex), "peeled": .optional(ref.peeled?.hex)]
        }
        return [
            "id": .string(entry.id.string), "head": .optional(entry.refs.head?.string), "refs": .array(refs),
        ]
    }
}
