import Capsules
import Objects
import Workspaces

extension LogEntry {
    /// The commit, for `--json`.
    var json: JSONValue {
        [
            "commit": .string(id.hex), "parents": .strings(commit.parents.map(\.hex)),
            "author": ["name": .string(commit.author.name), "email": .string(commit.author.email)],
            "time": .string(Timestamp(commit.author).rfc3339), "message": .string(commit.message),
            "digest": .optional(digest), "version": .optional(version), "tags": .strings(tags),
        ]
    }
}
