import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx log`.
struct Log: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show a capsule's history, newest first.",
        discussion: """
            Example:
              amx log customer-service -n 5
              amx log customer-service@origin/main
            """)

    @Argument(help: ArgumentHelp("The capsule, and where to start.", valueName: "id[@rev]")) var capsule: String?
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("At most this many commits.", valueName: "count"))
    var maxCount: UInt?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        output.page()
        let place = try Place()
        let start = try place.revision(capsule)
        var entries: [LogEntry] = []
        let limit = maxCount ?? .max
        if limit > 0 {
            try place.workspace.capsule(start.id).log(from: start.revision) { entry in
                entries.append(entry)
                return UInt(entries.count) < limit
            }
        }
        try output.show(
            json: ["id": .string(start.id.string), "commits": .array(entries.map(\.json))]
        ) { style in Self.text(entries, style) }
    }

    /// A line for each commit.
    static func text(_ entries: [LogEntry], _ style: Style) -> String {
        var table = Table()
        for entry in entries {
            let tags = entry.tags.isEmpty ? "" : " " + style.cyan("(\(entry.tags.joined(separator: ", ")))")
            table.add(
                style.yellow(entry.id.abbreviated), Timestamp(entry.commit.author).short,
                Style.visible(entry.commit.author.name), Style.visible(entry.commit.subject) + tags)
        }
        return table.text()
    }
}
