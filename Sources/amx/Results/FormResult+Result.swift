import Capsules
import Objects
import Workspaces

extension FormResult {
    /// The file or directory, for `--json`.
    func json(_ id: CapsuleID) -> JSONValue {
        ["id": .string(id.string), "path": .string(path), "digest": .string(digest.text), "size": .count(size)]
    }
}
