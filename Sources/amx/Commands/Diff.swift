import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx diff`.
struct Diff: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what differs between revisions of a capsule.",
        usage: "amx diff <id> [<rev> [<rev>]] [--name-status | --stat]",
        discussion: """
            Without revisions, the working form against the last commit; with one, against that revision; with two, the first \
            against the second. The text is a unified diff that git and patch understand.

            Example:
              amx diff customer-service
              amx diff customer-service v1.0.0 main --stat
            """)

    @Argument(help: ArgumentHelp("The capsule and up to two revisions.", valueName: "id> <rev"))
    var arguments: [String] = []
    @Flag(help: "Show only the paths, with A, M or D.") var nameStatus = false
    @Flag(help: "Show only how many lines changed in each file.") var stat = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !(nameStatus && stat) else { throw ValidationError("--name-status and --stat exclude each other") }
    }

    func run(_ output: Output) throws {
        output.page()
        let place = try Place()
        var revisions = arguments
        let id = try place.takeID(&revisions)
        guard revisions.count <= 2 else { throw ValidationError("Unexpected argument '\(revisions[2])'") }
        let comparison = try place.workspace.capsule(id).compare(
            revisions.first, revisions.count > 1 ? revisions[1] : nil)
        try output.show(json: Self.json(id, comparison)) { style in
            if nameStatus { return Self.names(comparison) }
            let text = try DiffText(comparison)
            return stat ? text.statistics(style) : text.patch(style)
        }
    }

    /// The form of git's `--name-status`: letter, tab, path.
    private static func names(_ comparison: ContentComparison) -> [UInt8] {
        Array(comparison.changes.map { "\($0.status.letter)\t\($0.path.string)\n" }.joined().utf8)
    }

    private static func json(_ id: CapsuleID, _ comparison: ContentComparison) throws -> JSONValue {
        let changes = try comparison.changes.map { change -> JSONValue in
            let sizes = try comparison.sizes(of: change)
            return [
                "path": .string(change.path.string), "status": .string(change.status.rawValue),
                "oldOid": .optional(change.old?.id.hex), "newOid": .optional(change.new?.id.hex),
                "oldMode": .optional(change.old?.mode.octal), "newMode": .optional(change.new?.mode.octal),
                "oldSize": sizes.old.map { .count($0) } ?? .null, "newSize": sizes.new.map { .count($0) } ?? .null,
            ]
        }
        return [
            "id": .string(id.string), "from": label(comparison.from), "to": label(comparison.to),
            "changes": .array(changes),
        ]
    }

    /// A commit's id, `working`, or null for what was before the first commit.
    private static func label(_ side: ContentComparison.Side) -> JSONValue {
        side == .commit(.zero) ? .null : .string(side.label)
    }
}
