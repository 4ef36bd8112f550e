import Capsules
import HubClient
import Objects
import Workspaces

extension CapsulePull.Pulled {
    /// What pulling did, for `--json`.
    func json(from remote: String) -> JSONValue {
        [
            "id": .string(transfer.id.string), "remote": .string(remote), "branch": .optional(branch),
            "result": .optional(word),
            "old": .optional(old?.hex), "new": .optional(commit?.hex), "refs": TransferReport(transfer, .fetch).json,
        ]
    }

    /// Whether nothing changed and nothing was refused.
    var isUpToDate: Bool { advance == .upToDate && TransferReport(transfer, .fetch).isUpToDate }

    /// The capsule and what became of its branch, for people.
    func line(_ style: Style) -> String {
        let id = style.bold(transfer.id.string)
        switch advance {
        case .new: return "\(id) is new, on \(branch ?? "") at \(commit?.abbreviated ?? "")"
        case .fastForward(let old):
            return "\(id) \(branch ?? "") went from \(old.abbreviated) to \(commit?.abbreviated ?? "")"
        case .upToDate: return "\(id) \(branch ?? "") stays at \(commit?.abbreviated ?? "")"
        case nil: return "\(id) has no branch there to follow"
        }
    }

    private var word: String? {
        switch advance {
        case .new: "new"
        case .fastForward: "fast-forward"
        case .upToDate: "up-to-date"
        case nil: nil
        }
    }

    private var old: ObjectID? {
        switch advance {
        case .fastForward(let old): old
        case .new: nil
        case .upToDate, nil: commit
        }
    }
}
