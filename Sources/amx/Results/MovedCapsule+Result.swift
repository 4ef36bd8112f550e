import Capsules
import Objects
import Workspaces

extension MovedCapsule {
    /// The capsule and where it is now, for `--json`.
    var json: JSONValue {
        ["id": .string(id.string), "branch": .string(branch), "commit": .string(commit.hex)]
    }

    /// The capsule and where it is now, for people.
    var line: String { "\(id) went to \(branch) at \(commit.abbreviated)" }

    /// A capsule that went with its branch of the workspace, for people.
    static func departureLine(_ id: CapsuleID) -> String {
        "\(id) went away: \(WorkspaceLock.fileName) does not name it here"
    }
}
