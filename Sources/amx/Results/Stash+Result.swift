import Capsules
import Objects
import Workspaces

extension Workspaces.Stash {
    /// The stash as `--json` shows it.
    var json: JSONValue {
        [
            "number": .count(number), "commit": .string(id.hex), "time": .string(Timestamp(commit.author).rfc3339),
            "message": .string(commit.message), "changes": .array(changes.map(\.summary)),
        ]
    }

    /// What is said when it has been made.
    func announcement(_ id: CapsuleID) -> String {
        "Put \(changes.counted) of \(id) aside as stash \(number); "
            + "`amx stash pop \(id)` brings \(changes.count == 1 ? "it" : "them") back"
    }
}

extension [Change] {
    /// `1 change` or `3 changes`.
    var countedFiles: String { "\(count) \(count == 1 ? "file" : "files")" }

    /// How many there are, in words.
    var counted: String { "\(count) \(count == 1 ? "change" : "changes")" }
}

extension Place {
    /// The capsule and the stash's number of `amx stash pop` and `drop`.
    func stash(_ arguments: [String]) throws -> (id: CapsuleID, number: Int?) {
        var rest = arguments
        let id = try takeID(&rest)
        guard rest.count <= 1 else {
            throw AmxError(.usage, "unexpected argument '\(rest[1])'", hint: "name one capsule and one stash's number")
        }
        guard let text = rest.first else { return (id, nil) }
        guard let number = Int(text) else {
            throw AmxError(
                .usage, "'\(text)' is not a stash's number", hint: "`amx stash list \(id)` shows the numbers")
        }
        return (id, number)
    }
}
