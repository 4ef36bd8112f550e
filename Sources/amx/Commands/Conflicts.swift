import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx conflicts`.
struct Conflicts: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts", abstract: "List what a merge has left to decide.",
        discussion: """
            Each with its path, its kind, and where it is: JSON paths, rows, or the file that is kept beside it. A text is in the list \
            until its markers are gone, anything else until `amx resolve`.

            Example:
              amx conflicts customer-service
            """)

    @Argument(help: "The capsule.") var id: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let capsule = try place.workspace.capsule(place.id(id))
        try Self.show(capsule, output)
    }

    /// Lists what is open in a merge of a capsule or of the workspace.
    static func show(_ copy: some WorkingCopy, _ output: Output) throws {
        let state = try copy.mergeState()
        if state == nil { _ = try copy.existingForm() }
        let open = try state.map { state throws(AmxError) in try copy.openConflicts(of: state) } ?? []
        try output.show(
            json: [
                (copy.kind == .capsule ? "id" : "workspace"): .string(copy.id.string),
                "source": .optional(state?.source),
                "theirs": .optional(state?.theirs.hex), "conflicts": .array(open.map(\.json)),
            ]
        ) { style in
            guard let state else { return "\(copy.title) is in no merge" }
            guard !open.isEmpty else {
                return "Nothing is open in the merge of \(state.source): `\(copy.command("commit"))` concludes it"
            }
            return "Merging \(state.source) into \(copy.title):\n" + MergeConflict.lines(open, style)
        }
    }
}
