import Capsules
import Objects
import Workspaces

extension Change {
    /// Path and status, for `--json`.
    var summary: JSONValue {
        ["path": .string(path.string), "status": .string(status.rawValue)]
    }

    /// The letter of git's `--name-status` and the path, for people.
    func line(_ style: Style) -> String {
        let letter: String =
            switch status {
            case .added: style.green(status.letter)
            case .modified: style.yellow(status.letter)
            case .deleted: style.red(status.letter)
            }
        return "\(letter) \(path.string)"
    }
}
