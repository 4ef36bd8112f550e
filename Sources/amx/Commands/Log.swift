import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx log`.
struct Log: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show a capsule's history, newest first.",
        discussion: """
            Without a capsule, outside of capsules' directories: the workspace's own history, as amx workspace log, or while that \
            has no commit, the history of the only capsule.

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
        if capsule == nil, place.currentID == nil {
            let files = try place.workspace.files()
            if try Self.hasCommit(files) {
                return try Self.show(
                    files, from: nil, maxCount, member: ("workspace", .string(files.id.string)), output)
            }
            let committed = try place.workspace.capsuleIDs().filter { try Self.hasCommit(place.workspace.capsule($0)) }
            if committed.count == 1, let id = committed.first {
                return try Self.show(
                    place.workspace.capsule(id), from: nil, maxCount, member: ("id", .string(id.string)), output)
            }
        }
        let start = try place.revision(capsule)
        try Self.show(
            place.workspace.capsule(start.id), from: start.revision, maxCount, member: ("id", .string(start.id.string)),
            output)
    }

    private static func hasCommit(_ copy: some WorkingCopy) throws(AmxError) -> Bool {
        guard let repository = try copy.repository() else { return false }
        return try copy.position(in: repository).head != nil
    }

    /// Shows a history from a revision or the current branch; `member` leads its JSON.
    static func show(
        _ copy: some WorkingCopy, from revision: String?, _ maxCount: UInt?, member: (key: String, value: JSONValue),
        _ output: Output
    ) throws {
        var entries: [LogEntry] = []
        let limit = maxCount ?? .max
        if limit > 0 {
            try copy.log(from: revision) { entry in
                entries.append(entry)
                return UInt(entries.count) < limit
            }
        }
        var result = JSONObject()
        result[member.key] = member.value
        result["commits"] = .array(entries.map(\.json))
        try output.show(json: .object(result)) { style in text(entries, style) }
    }

    /// A line for each commit.
    private static func text(_ entries: [LogEntry], _ style: Style) -> String {
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
