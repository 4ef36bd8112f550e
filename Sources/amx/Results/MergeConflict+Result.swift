import Capsules
import Objects
import Workspaces

extension MergeConflict {
    /// The conflict, for `--json`.
    var json: JSONValue {
        [
            "path": .string(path.string), "kind": .string(kind.rawValue), "type": .string(type.rawValue),
            "severity": .string(type.severity.rawValue),
            "jsonPaths": .strings(values.map(\.path.description)),
            "values": .array(values.map(Self.json)), "rows": .array(rows.map { .count($0) }),
            "beside": .optional(beside?.string), "side": .optional(side?.rawValue),
            "reason": .optional(reason),
        ]
    }

    private static func json(_ value: JSONConflict) -> JSONValue {
        [
            "path": .string(value.path.description), "base": value.base ?? .null,
            "ours": value.ours ?? .null,
            "theirs": value.theirs ?? .null,
        ]
    }

    /// Conflicts with what is to know of each, for people.
    static func lines(_ conflicts: [MergeConflict], _ style: Style) -> String {
        var table = Table()
        for conflict in conflicts {
            table.add(style.red(conflict.kind.rawValue), conflict.path.string, conflict.detail)
        }
        return table.text(indent: "  ")
    }

    private var detail: String {
        var parts = values.prefix(3).map(\.path.description)
        if values.count > 3 { parts.append("and \(values.count - 3) more places") }
        if !rows.isEmpty {
            let shown = rows.prefix(5).map { String($0 + 1) }.joined(separator: ", ")
            parts.append("\(rows.count == 1 ? "row" : "rows") \(shown)\(rows.count > 5 ? ", ..." : "")")
        }
        switch (kind, side) {
        case (.removed, .ours?): parts.append("removed here, changed there")
        case (.removed, _): parts.append("changed here, removed there")
        case (.folder, let side):
            parts.append(
                "a folder now; the file of \(side?.rawValue ?? "one side") is \(beside?.string ?? "gone")")
        default: if let beside { parts.append("theirs is \(beside.string)") }
        }
        if let reason { parts.append(reason) }
        return parts.joined(separator: ", ")
    }
}
