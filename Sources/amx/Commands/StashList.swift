import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx stash list`.
struct StashList: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what was put aside, the newest first.",
        discussion: """
            Each stash is a commit: its id can be given to `amx show` and `amx diff`.

            Example:
              amx stash list customer-service
            """)

    @Argument(help: ArgumentHelp("Capsules; by default all.", valueName: "id")) var ids: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let isNamed = !ids.isEmpty
        var listed: [(id: CapsuleID, stashes: [Workspaces.Stash])] = []
        for id in try place.ids(ids) {
            let capsule = place.workspace.capsule(id)
            if isNamed { _ = try capsule.existingRepository() }
            listed.append((id, try capsule.stashes()))
        }
        try output.show(
            json: [
                "capsules": .array(
                    listed.filter { isNamed || !$0.stashes.isEmpty }.map { entry in
                        ["id": .string(entry.id.string), "stashes": .array(entry.stashes.map(\.json))]
                    })
            ]
        ) { style in
            var table = Table()
            for (id, stashes) in listed {
                for stash in stashes {
                    table.add(
                        style.bold(id.string), "\(stash.number)", style.yellow(stash.id.abbreviated),
                        Timestamp(stash.commit.author).short, stash.changes.counted, Style.visible(stash.commit.subject)
                    )
                }
            }
            return table.text()
        }
    }
}
