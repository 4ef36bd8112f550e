import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx discard`.
struct Discard: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Throw away uncommitted changes.",
        usage: "amx discard [<id>] [<path> ...] [--yes]",
        discussion: """
            The files and folders named, or all, become as in the last commit; files that were added go, ignored ones stay. Asks \
            first; without a terminal, --yes is needed. What is thrown away stays in the store as a commit without a name, whose \
            id is printed. A .kc file that is damaged is replaced.

            Example:
              amx discard customer-service README.md
              amx discard customer-service --yes
            """)

    @Argument(help: ArgumentHelp("The capsule, and files or folders of it.", valueName: "id> <path"))
    var arguments: [String] = []
    @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
    @Flag(name: [.customShort("n"), .long], help: "Only say what would be thrown away.") var dryRun = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        var paths = arguments
        let id = try place.takeID(&paths)
        let capsule = place.workspace.capsule(id)
        if paths.isEmpty, let damage = try capsule.damage() { return try replaceDamaged(capsule, damage, output) }
        let changes = try capsule.discardable(paths)
        guard !changes.isEmpty else {
            return try output.confirm(json: json(id, [], nil)) { _ in "\(id) has no changes to discard" }
        }
        if dryRun { return try output.show(json: json(id, changes, nil)) { Self.list(changes, $0) } }
        if !yes, !output.asJSON { try output.tell { Self.list(changes, $0) } }
        try Confirmation.ask(
            "Throw away \(changes.counted) of \(id)?", isAgreed: yes, nothingDone: "nothing was discarded of \(id)")
        let result = try place.workspace.write { () throws(AmxError) in try capsule.discard(paths) }
        try output.confirm(json: json(id, result?.changes ?? [], result?.saved)) { _ in
            guard let result else { return "\(id) has no changes to discard" }
            return "Discarded \(result.changes.counted) of \(id); "
                + "\(result.changes.count == 1 ? "it is" : "they are") still in \(result.saved.abbreviated)"
        }
    }

    /// Brings back the committed content in place of a `.kc` file that cannot be read.
    private func replaceDamaged(_ capsule: WorkspaceCapsule, _ damage: AmxError, _ output: Output) throws {
        let id = capsule.id
        if dryRun { return try output.show(json: json(id, [], nil)) { _ in "  \(damage.message)" } }
        if !yes, !output.asJSON { try output.tell { _ in "  \(damage.message)" } }
        try Confirmation.ask(
            "Replace it by the content of the last commit?", isAgreed: yes,
            nothingDone: "nothing was discarded of \(id)")
        try capsule.workspace.write { () throws(AmxError) in try capsule.replaceDamaged() }
        try output.confirm(json: json(id, [], nil, isReplaced: true)) { _ in
            "Replaced the damaged file of \(id) by the content of the last commit"
        }
    }

    private func json(_ id: CapsuleID, _ changes: [Change], _ saved: ObjectID?, isReplaced: Bool = false) -> JSONValue {
        [
            "id": .string(id.string), "discarded": .bool(saved != nil || isReplaced),
            "changes": .array(changes.map(\.summary)),
            "saved": .optional(saved?.hex),
        ]
    }

    private static func list(_ changes: [Change], _ style: Style) -> String {
        changes.map { "  \($0.line(style))" }.joined(separator: "\n")
    }
}
