import Capsules
import Objects
import Versions
import Workspaces

/// How what needs an approval is told.
struct ApprovalText {
    private let demand: ApprovalDemand

    init(_ demand: ApprovalDemand) { self.demand = demand }

    /// The demand as lines.
    func text(_ style: Style) -> String {
        let why =
            switch demand.reason {
            case .first: "asks to be trusted with"
            case .growth: "asks for more than was approved"
            case .otherBytes: "is not the content that was approved under this version, and asks for"
            }
        let lines = demand.changes.map { change in
            let value = change.new.map { ": \(JSONWriter.text($0))" } ?? ""
            return "  \(change.kind.rawValue) \(TreeRules.printable(change.subject.utf8))\(value)"
        }
        return ([style.bold("\(demand.capsule) \(demand.version) \(why)")] + lines).joined(separator: "\n")
    }

    /// The demand for `--json`.
    var json: JSONValue {
        [
            "capsule": .string(demand.capsule.string), "version": .string(demand.version.text),
            "digest": .string(demand.digest.text), "reason": .string(demand.reason.rawValue),
            "changes": .array(demand.changes.map(\.json)),
        ]
    }
}
