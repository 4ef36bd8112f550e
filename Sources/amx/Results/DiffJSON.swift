import Capsules
import Objects
import Workspaces

/// A difference as `--json` prints it.
struct DiffJSON {
    /// The whole result.
    let value: JSONValue

    /// Reads both sides of every file.
    init(_ comparison: ContentComparison, _ difference: Difference, members: JSONObject) throws(AmxError) {
        var changes: [JSONValue] = []
        for file in difference.files {
            let sizes = try comparison.sizes(file.change.from, file.change.to)
            changes.append(Self.json(file, sizes, try difference.detail(of: file)))
        }
        var result = members
        result["from"] = Self.label(comparison.from)
        result["to"] = Self.label(comparison.to)
        result["trust"] = .array(difference.trust.map(\.json))
        result["version"] = difference.version.map(Self.json) ?? .null
        result["dependencies"] = .array(difference.dependencies.map(Self.json))
        result["breaking"] = .array(
            difference.breaking.map { ["rule": .string($0.rule.rawValue), "subject": .string($0.subject)] })
        result["changes"] = .array(changes)
        value = .object(result)
    }

    /// A commit's id, a file's path, `working`, or null for what was before the first commit.
    private static func label(_ side: ContentComparison.Side) -> JSONValue {
        side == .commit(.zero) ? .null : .string(side.label)
    }

    private static func json(_ version: VersionChange) -> JSONValue {
        [
            "old": .optional(version.old), "new": .optional(version.new), "step": .string(version.step.rawValue),
            "incompatible": .bool(version.isIncompatible),
        ]
    }

    private static func json(_ change: DependencyChange) -> JSONValue {
        [
            "kind": .string(change.kind), "id": .string(change.id), "old": .optional(change.old),
            "new": .optional(change.new), "operation": .string(change.operation.rawValue),
        ]
    }

    private static func json(_ file: FileDifference, _ sizes: (old: Int?, new: Int?), _ detail: FileDetail) -> JSONValue
    {
        let (from, to) = (file.change.from, file.change.to)
        let status =
            switch file.operation {
            case .create: "added"
            case .update: "modified"
            case .delete: "deleted"
            case .move: "renamed"
            }
        var result: JSONObject = [
            "path": .string(file.path.string), "status": .string(status), "oldOid": .optional(from?.id.hex),
            "newOid": .optional(to?.id.hex), "oldMode": .optional(from?.mode.octal),
            "newMode": .optional(to?.mode.octal), "oldSize": sizes.old.map { .count($0) } ?? .null,
            "newSize": sizes.new.map { .count($0) } ?? .null, "oldDigest": digest(detail.oldDigest),
            "newDigest": digest(detail.newDigest), "type": .string(file.type.rawValue),
            "scope": .string(file.scope.rawValue), "operation": .string(file.operation.rawValue),
            "reversible": .bool(file.isReversible), "renamedFrom": .optional(file.renamedFrom?.string),
            "similarity": file.change.similarity.map { .count($0) } ?? .null, "note": .optional(detail.note),
            "insertions": .null, "deletions": .null, "rows": .null, "paths": .null, "pathCount": .null,
        ]
        switch detail.form {
        case .same, .binary: break
        case .values(let difference):
            result["paths"] = .array(difference.changes.map(json))
            result["pathCount"] = .count(difference.count)
        case .rows(let rows): result["rows"] = RowText(rows).json
        case .rowCount(let count, let width): result["rows"] = RowText.json(count, width, of: file.operation)
        case .lines(let diff):
            result["insertions"] = .count(diff.insertions)
            result["deletions"] = .count(diff.deletions)
        }
        return .object(result)
    }

    private static func digest(_ digest: SHA256Digest?) -> JSONValue { .optional(digest.map { "sha256:\($0.hex)" }) }

    private static func json(_ change: ValueChange) -> JSONValue {
        [
            "path": .string(change.path.description), "operation": .string(change.operation.rawValue),
            "movedFrom": .optional(change.movedFrom?.description), "old": change.old ?? .null,
            "new": change.new ?? .null,
        ]
    }
}
