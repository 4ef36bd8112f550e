import Capsules
import Objects
import Workspaces

extension Remote {
    /// A list of remotes, for `--json`.
    static func json(_ remotes: [Remote]) -> JSONValue {
        let list = remotes.map { remote -> JSONValue in
            [
                "name": .string(remote.name), "url": .string(remote.url), "pushUrl": .optional(remote.pushURL),
                "releases": .bool(remote.takesReleases), "prune": .bool(remote.prunes),
            ]
        }
        return ["remotes": .array(list)]
    }
}
