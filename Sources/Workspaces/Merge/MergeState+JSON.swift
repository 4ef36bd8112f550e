import Capsules
import Objects

extension MergeState {
    private static let formatVersion: Int64 = 1

    /// The file's bytes.
    var encoded: [UInt8] {
        JSONWriter.bytes(
            [
                "version": .integer(Self.formatVersion), "branch": .string(branch.string),
                "ours": .string(ours.hex),
                "theirs": .string(theirs.hex), "source": .string(source), "message": .string(message),
                "form": .string(form.rawValue), "from": .string(from.hex), "tree": .string(tree.hex),
                "conflicts": .array(entries.map(Self.json)),
            ], .pretty)
    }

    /// Reads the file; nil for anything else.
    init?(_ bytes: [UInt8]) {
        func id(_ value: JSONValue?) -> ObjectID? { value?.string.flatMap { ObjectID(hex: $0) } }
        // Values of documents stand inside, so it nests deeper than they do.
        guard let state = try? JSONParser.parse(bytes, maximumDepth: Limits.standard.jsonDepth + 8),
            state["version"]?.integer == Self.formatVersion,
            let branch = state["branch"]?.string.flatMap({ RefName($0) }), let ours = id(state["ours"]),
            let theirs = id(state["theirs"]), let source = state["source"]?.string,
            let message = state["message"]?.string, let form = state["form"]?.string.flatMap(Form.init),
            let from = id(state["from"]), let tree = id(state["tree"]),
            let conflicts = state["conflicts"]?.array
        else { return nil }
        var entries: [Entry] = []
        for conflict in conflicts {
            guard let entry = Self.entry(conflict) else { return nil }
            entries.append(entry)
        }
        self.init(
            branch: branch, ours: ours, theirs: theirs, source: source, message: message, form: form,
            from: from,
            tree: tree, entries: entries)
    }

    private static func json(_ entry: Entry) -> JSONValue {
        let conflict = entry.conflict
        var object: JSONObject = [
            "path": .string(conflict.path.string), "kind": .string(conflict.kind.rawValue),
            "type": .string(conflict.type.rawValue), "resolved": .bool(entry.isResolved),
            "rows": .array(conflict.rows.map { .count($0) }),
            "values": .array(conflict.values.map(json)),
        ]
        object["beside"] = conflict.beside.map { .string($0.string) }
        object["side"] = conflict.side.map { .string($0.rawValue) }
        object["reason"] = conflict.reason.map { .string($0) }
        return .object(object)
    }

    private static func json(_ value: JSONConflict) -> JSONValue {
        let steps = value.path.steps.map { step -> JSONValue in
            switch step {
            case .key(let key): .string(key)
            case .index(let index): .count(index)
            }
        }
        var object: JSONObject = ["steps": .array(steps)]
        for side in MergeSide.allCases { object[side.rawValue] = value[side] }
        return .object(object)
    }

    private static func entry(_ value: JSONValue) -> Entry? {
        guard let path = value["path"]?.string.flatMap({ try? TreePath($0) }),
            let kind = value["kind"]?.string.flatMap(MergeConflict.Kind.init),
            let resolved = value["resolved"]?.bool,
            let rows = value["rows"]?.array, let values = value["values"]?.array
        else { return nil }
        var conflict = MergeConflict(path, kind)
        conflict.type = value["type"]?.string.flatMap(ConflictType.init) ?? .data
        conflict.rows = rows.compactMap { $0.integer.flatMap { Int(exactly: $0) } }
        conflict.values = values.map { value in
            let steps = (value["steps"]?.array ?? []).compactMap { step -> JSONPath.Step? in
                if let key = step.string { return .key(key) }
                return step.integer.flatMap { Int(exactly: $0) }.map(JSONPath.Step.index)
            }
            return JSONConflict(
                path: JSONPath(steps: steps), base: value["base"], ours: value["ours"],
                theirs: value["theirs"])
        }
        conflict.beside = value["beside"]?.string.flatMap { try? TreePath($0) }
        conflict.side = value["side"]?.string.flatMap(MergeSide.init)
        conflict.reason = value["reason"]?.string
        return Entry(conflict: conflict, isResolved: resolved)
    }
}
