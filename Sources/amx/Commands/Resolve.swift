import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx resolve`.
struct Resolve: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "Settle a conflict of a merge.",
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
        let id = try CapsuleID(place.id(before: "a file", of: arguments))
        let capsule = place.workspace.capsule(id)
        let path = try TreePath(text)
        let side: MergeSide? = ours ? .ours : theirs ? .theirs : nil
        let open = try place.workspace.write { () throws(AmxError) in
            try capsule.openConflicts(of: capsule.resolve(path, with: side))
        }
        try output.confirm(
            json: [
                "id": .string(id.string), "path": .string(path.string), "side": .optional(side?.rawValue),
                "conflicts": .array(open.map(\.json)),
            ]
        ) { _ in
            let rest =
                open.isEmpty
                ? "`amx commit \(id)` concludes the merge"
                : "\(open.count) \(open.count == 1 ? "is" : "are") left"
            return "Resolved \(path.string)\(side.map { " with \($0.rawValue)" } ?? ""): \(rest)"
        }
    }
}
