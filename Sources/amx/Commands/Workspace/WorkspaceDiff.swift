import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace diff`.
struct WorkspaceDiff: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what differs between revisions of the workspace's files.",
        discussion: """
            Without revisions, the files against the last commit; with one, against that revision; with two, the first against the \
            second.

            Example:
              amx workspace diff
              amx workspace diff main~1 main --stat
            """)

    @Argument(help: ArgumentHelp("Up to two revisions.", valueName: "rev")) var revisions: [String] = []
    @Flag(help: "Show only the paths, with A, M or D.") var nameStatus = false
    @Flag(help: "Show only how many lines changed in each file.") var stat = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !(nameStatus && stat) else { throw ValidationError("--name-status and --stat exclude each other") }
        guard revisions.count <= 2 else { throw ValidationError("Unexpected argument '\(revisions[2])'") }
    }

    func run(_ output: Output) throws {
        let files = try Place().workspace.files()
        let comparison = try files.compare(revisions.first, revisions.count > 1 ? revisions[1] : nil)
        try output.show(json: Self.json(files.id, comparison)) { style in
            if nameStatus {
                return Array(comparison.changes.map { "\($0.status.letter)\t\($0.path.string)\n" }.joined().utf8)
            }
            let text = try DiffText(comparison)
            return stat ? text.statistics(style) : text.patch(style)
        }
    }

    private static func json(_ id: CapsuleID, _ comparison: ContentComparison) -> JSONValue {
        [
            "workspace": .string(id.string), "from": label(comparison.from), "to": label(comparison.to),
            "changes": .array(
                comparison.changes.map { change in
                    [
                        "path": .string(change.path.string), "status": .string(change.status.rawValue),
                        "oldOid": .optional(change.old?.id.hex), "newOid": .optional(change.new?.id.hex),
                        "oldMode": .optional(change.old?.mode.octal), "newMode": .optional(change.new?.mode.octal),
                    ]
                }),
        ]
    }

    /// A commit's id, `working`, or null for what was before the first commit.
    private static func label(_ side: ContentComparison.Side) -> JSONValue {
        side == .commit(.zero) ? .null : .string(side.label)
    }
}
