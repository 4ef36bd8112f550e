import Capsules
import Objects
import Workspaces

extension MergeProgress {
    /// The merge, for `--json`.
    var json: JSONValue {
        [
            "source": .string(source), "theirs": .string(theirs.hex), "conflicts": .array(conflicts.map(\.json)),
        ]
    }
}
