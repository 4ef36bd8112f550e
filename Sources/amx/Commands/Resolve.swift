import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx resolve`.
struct Resolve: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Settle a conflict of a merge.",
        usage: "amx resolve <id> <path> [--ours | --theirs]",
        discussion: """
            With --ours or --theirs, what is in conflict becomes that side's, and what merged stays merged. Without, the file counts as \
            it is now. When nothing is open, `amx commit` concludes the merge.

            Example:
              amx resolve customer-service manifest.json --theirs
              amx resolve customer-service README.md
            """)

    @Argument(help: ArgumentHelp("The capsule, and a file of it.", valueName: "id> <path"))
    var arguments: [String]
    @Flag(help: "Take the current branch's.") var ours = false
    @Flag(help: "Take the merged branch's.") var theirs = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (1...2).contains(arguments.count) else {
            throw ValidationError("Expected a capsule and a file: amx resolve ID PATH")
        }
        if ours, theirs { throw ValidationError("Only one of --ours and --theirs can be taken") }
    }

    func run(_ output: Output) throws {
        guard let text = arguments.last else { return }
        let place = try Place()
        let capsule = try place.workspace.capsule(CapsuleID(place.id(before: "a file", of: arguments)))
        try Self.resolve(text, ours ? .ours : theirs ? .theirs : nil, of: capsule, output)
    }

    /// Settles a conflict of a capsule or of the workspace, and shows what is left.
    static func resolve(_ text: String, _ side: MergeSide?, of copy: some WorkingCopy, _ output: Output) throws {
        let path = try TreePath(text)
        let open = try copy.workspace.write { () throws(AmxError) in
            try copy.openConflicts(of: copy.resolve(path, with: side))
        }
        try output.confirm(
            json: [
                (copy.kind == .capsule ? "id" : "workspace"): .string(copy.id.string), "path": .string(path.string),
                "side": .optional(side?.rawValue), "conflicts": .array(open.map(\.json)),
            ]
        ) { _ in
            let rest =
                open.isEmpty
                ? "`\(copy.command("commit"))` concludes the merge"
                : "\(open.count) \(open.count == 1 ? "is" : "are") left"
            return "Resolved \(path.string)\(side.map { " with \($0.rawValue)" } ?? ""): \(rest)"
        }
    }
}
