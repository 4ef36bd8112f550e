import Capsules
import HubClient
import Objects

/// The lines of a push or fetch, as git prints them, and its object for `--json`.
struct TransferReport {
    /// Which way the references went.
    enum Direction {
        case push
        case fetch
    }

    private let transfer: TransferResult
    private let direction: Direction

    /// Reports one capsule's transfer.
    init(_ transfer: TransferResult, _ direction: Direction) {
        self.transfer = transfer
        self.direction = direction
    }

    /// Whether nothing changed and nothing was refused.
    var isUpToDate: Bool { transfer.refs.allSatisfy { $0.status == .upToDate } }

    /// How many capsules had nothing new, where there are more than a few lines of them; nil for none.
    static func summary(ofUpToDate count: Int) -> String? {
        switch count {
        case 0: nil
        case 1: "1 capsule is up to date"
        default: "\(count) capsules are up to date"
        }
    }

    /// Every reference with what became of it.
    var json: JSONValue {
        .array(
            transfer.refs.map { outcome in
                [
                    "ref": .string(outcome.ref.string), "old": .optional(outcome.old?.hex),
                    "new": .optional(outcome.new?.hex), "status": .string(outcome.status.rawValue),
                    "reason": .optional(outcome.rejection?.reason), "forced": .bool(outcome.isForced),
                ]
            })
    }

    /// The references that changed or were refused; without any, that all is up to date.
    func lines(_ style: Style) -> [String] {
        let lines = changes(style)
        return lines.isEmpty ? [" = everything up to date"] : lines
    }

    /// The references that changed or were refused.
    func changes(_ style: Style) -> [String] {
        transfer.refs.filter { $0.status != .upToDate }.map { line(of: $0, style) }
    }

    private func line(of outcome: RefOutcome, _ style: Style) -> String {
        let names = names(of: outcome.ref)
        if let rejection = outcome.rejection {
            return " \(style.red("!")) [rejected] \(names) (\(Style.visible(rejection.reason)))"
        }
        guard let new = outcome.new else { return " \(style.red("-")) [deleted] \(names)" }
        guard let old = outcome.old else {
            return " \(style.green("*")) [new \(Self.noun(of: outcome.ref))] \(names)"
        }
        if outcome.isForced {
            return " \(style.yellow("+")) \(old.abbreviated)...\(new.abbreviated) \(names) (forced update)"
        }
        return "   \(old.abbreviated)..\(new.abbreviated) \(names)"
    }

    private static func noun(of ref: RefName) -> String {
        if ref.tag != nil { return "release" }
        return ReplicaID(chain: ref) == nil ? "branch" : "events"
    }

    /// `main -> main` of a push, `main -> origin/main` of a fetch; a release and an event chain only have their name.
    private func names(of ref: RefName) -> String {
        if let tag = ref.tag { return tag }
        if let replica = ReplicaID(chain: ref) { return "events/\(replica.string)" }
        if direction == .push, let branch = ref.branch { return "\(branch) -> \(branch)" }
        guard let tracking = ref.suffix(after: "refs/remotes/") else { return ref.string }
        return "\(tracking.split(separator: "/", maxSplits: 1).last.map(String.init) ?? tracking) -> \(tracking)"
    }
}
