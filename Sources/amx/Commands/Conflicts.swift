import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx conflicts`.
struct Conflicts: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what a merge has left to decide.",
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
        let state = try capsule.mergeState()
        if state == nil { _ = try capsule.existingForm() }
        let open =
            try state.map { state throws(AmxError) in try capsule.openConflicts(of: state) } ?? []
        try output.show(
            json: [
                "id": .string(capsule.id.string), "source": .optional(state?.source),
                "theirs": .optional(state?.theirs.hex), "conflicts": .array(open.map(\.json)),
            ]
        ) { style in
            guard let state else { return "\(capsule.id) is in no merge" }
            guard !open.isEmpty else {
                return
                    "Nothing is open in the merge of \(state.source): `amx commit \(capsule.id)` concludes it"
            }
            return "Merging \(state.source) into \(capsule.id):\n" + MergeConflict.lines(open, style)
        }
    }
}
