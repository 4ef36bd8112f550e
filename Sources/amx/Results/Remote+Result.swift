import Capsules
import Objects
import Workspaces

extension Remote {
    /// A list of remotes, for `--json`.
    static func json(_ remotes: [Remote]) -> JSONValue {
        ["remotes": .array(remotes.map { ["name": .string($0.name), "url": .string($0.url)] })]
    }
}
