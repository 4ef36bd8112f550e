package import Objects
import Versions

extension WorkspaceLock {
    /// Reads an `amx.lock`; the error names the first problem with its line and JSON path, and carries all of them.
    package static func parse(_ bytes: [UInt8], file: String = fileName) throws(AmxError) -> WorkspaceLock {
        try DocumentReading.read(bytes, file: file, limit: byteLimit) { reader, root in reader.workspaceLock(root) }
            .result
    }
}

extension ManifestReader {
    mutating func workspaceLock(_ root: Node) -> WorkspaceLock? {
        let example = "{\"schema\": 1, \"capsules\": []}"
        // A later form may have any members: its number is looked at first.
        if let schema = root.value["schema"], schema != .integer(WorkspaceLock.schema) {
            report(
                at: JSONPath.root.key("schema"), expected: "\(WorkspaceLock.schema)", found: Self.describe(schema),
                advice: "the file was written by another version of Amx: update yours")
            return nil
        }
        let fields = object(root, known: ["schema", "capsules"], like: example)
        require("schema", in: fields, of: .root, expected: "\(WorkspaceLock.schema)", advice: "write \(example)")
        require("capsules", in: fields, of: .root, expected: "an array", advice: "write \(example)")
        var capsules: [LockedCapsule] = []
        var seen: Set<String> = []
        for element in list(fields["capsules"], of: "capsules") {
            guard let capsule = lockedCapsule(element) else { continue }
            if !seen.insert("\(capsule.id)\0\(capsule.lane ?? "")").inserted {
                report(
                    element, expected: "each capsule and lane once", advice: "keep one of the entries of \(capsule.id)")
            }
            capsules.append(capsule)
        }
        return WorkspaceLock(capsules)
    }

    private static let lockMembers: Set<String> = [
        "id", "lane", "version", "branch", "tag", "commit", "tree", "digest", "source", "requestedBy",
    ]

    fileprivate mutating func lockedCapsule(_ node: Node) -> LockedCapsule? {
        let advice = "`amx commit` writes the file anew"
        let fields = object(node, known: Self.lockMembers, like: "{\"id\": \"…\", …}")
        guard node.value.object != nil else { return nil }
        for key in ["id", "version", "commit", "tree", "digest", "source", "requestedBy"] {
            require(key, in: fields, of: node.path, expected: "a value", advice: advice)
        }
        if (fields["branch"] == nil) == (fields["tag"] == nil) {
            report(node, expected: "either a branch or a tag", advice: advice)
        }
        var line: LockedCapsule.Line?
        if let node = fields["branch"], let name = text(node) {
            line = .branch(name)
            if RefName(branch: name) == nil { report(node, expected: "a branch's name", advice: advice) }
        } else if let node = fields["tag"], let name = text(node) {
            line = .tag(name)
            if !name.hasPrefix("v") || SemanticVersion(String(name.dropFirst())) == nil || RefName(tag: name) == nil {
                report(node, expected: "a release such as v1.0.0", advice: advice)
            }
        }
        let lane = text(fields["lane"], allowEmpty: false, maximum: CapsuleID.byteCount)
        let digestText = text(fields["digest"])
        let digest = digestText.flatMap { ContentDigest($0) }
        if let node = fields["digest"], digestText != nil, digest == nil {
            report(node, expected: "sha256: and 64 digits", advice: advice)
        }
        let id = id(fields["id"])
        let version = version(fields["version"])
        let commit = objectID(fields["commit"])
        let tree = objectID(fields["tree"])
        if case .tag(let name) = line, let version, !name.utf8.elementsEqual("v\(version.text)".utf8) {
            report(
                fields["tag"] ?? node, expected: "the release of the entry's version, v\(version.text)", advice: advice)
        }
        let source = text(fields["source"], allowEmpty: false, maximum: 4096)
        let requestedBy = texts(fields["requestedBy"])
        guard let id, let version, let line, let commit, let tree, let digest, let source else { return nil }
        return LockedCapsule(
            id: id, lane: lane, version: version, line: line, commit: commit, tree: tree, digest: digest,
            source: source == "workspace" ? .workspace : .address(source), requestedBy: requestedBy)
    }

    private mutating func objectID(_ node: Node?) -> ObjectID? {
        guard let node else { return nil }
        if case .string(let text) = node.value, let id = ObjectID(hex: text), id.hex == text, !id.isZero { return id }
        report(node, expected: "an object's 40 hexadecimal digits", advice: "`amx commit` writes the file anew")
        return nil
    }
}

extension LockedCapsule {
    /// Reads an entry as ``json`` has it; nil for anything else.
    package init?(_ json: JSONValue) {
        var reader = ManifestReader()
        let entry = reader.lockedCapsule(ManifestReader.Node(value: json, path: .root))
        guard let entry, !reader.hasErrors else { return nil }
        self = entry
    }
}
