import Capsules
import Objects
import Workspaces

extension Remote {
    /// A list of remotes, for `--json`.
    static func json(_ remotes: [Remote]) -> JSONValue {
        ["remotes": .array(remotes.map(\.json))]
    }

    /// The remote, for `--json`.
    var json: JSONValue {
        [
            "name": .string(name), "url": .string(url), "pushUrl": .optional(pushURL),
            "releases": .bool(takesReleases), "prune": .bool(prunes),
        ]
    }
}
