package import Objects
import Versions

extension BundleManifest {
    /// Reads a `bundle.json`; the error names the first problem with its line and JSON path.
    ///
    /// `.failure` for another format or version, and for what is no such document; `.verification` for one in another layout than the
    /// one that it has when it is written.
    package static func parse(
        _ bytes: [UInt8], file: String = BundleFormat.manifestName
    ) throws(AmxError) -> BundleManifest {
        let manifest = try DocumentReading.read(bytes, file: file, limit: BundleFormat.manifestBytes) { reader, root in
            reader.bundleManifest(root)
        }.result
        guard manifest.encoded == bytes else {
            throw AmxError(
                .verification, "\(file) is not in the form that Amx writes",
                hint: "the file was changed: get it again from where it came from")
        }
        return manifest
    }
}

extension ManifestReader {
    private static let advice = "`amx bundle` makes such files"

    fileprivate mutating func bundleManifest(_ root: Node) -> BundleManifest? {
        // A later form may have any members: its number is looked at first.
        for (key, expected) in [
            ("format", JSONValue.string(BundleFormat.format)), ("version", .integer(BundleFormat.version)),
        ] where root.value[key] != expected {
            report(
                at: JSONPath.root.key(key), expected: Self.describe(expected),
                found: root.value[key].map(Self.describe) ?? "nothing",
                advice: "the file was written by another version of Amx, or is no bundle: update yours")
            return nil
        }
        let fields = members(root, ["format", "version", "name", "manifest", "lock", "capsules"])
        let name = text(fields["name"], allowEmpty: false, maximum: BundleFormat.nameBytes)
        let manifest = bundledFile(fields["manifest"])
        let lock = bundledFile(fields["lock"])
        let capsules = list(fields["capsules"], of: "capsules").compactMap { bundledCapsule($0) }
        guard let name, let manifest, let lock else { return nil }
        return BundleManifest(name: name, manifest: manifest, lock: lock, capsules: capsules)
    }

    private mutating func bundledCapsule(_ node: Node) -> BundledCapsule? {
        let fields = members(
            node,
            ["id", "version", "tag", "commit", "digest", "manifestSha256", "source", "content", "history"])
        let (id, version) = (id(fields["id"]), version(fields["version"]))
        let tag = parsed(fields["tag"], "an object's 40 hexadecimal digits") { ObjectID(hex: $0) }
        let commit = parsed(fields["commit"], "an object's 40 hexadecimal digits") { ObjectID(hex: $0) }
        let digest = parsed(fields["digest"], "sha256: and 64 digits") { ContentDigest($0) }
        let sha256 = parsed(fields["manifestSha256"], "64 hexadecimal digits") { SHA256Digest(hex: $0) }
        let source = text(fields["source"], allowEmpty: false, maximum: 4096)
        let (content, history) = (bundledFile(fields["content"]), bundledFile(fields["history"]))
        guard let id, let version, let tag, let commit, let digest, let sha256, let source, let content, let history
        else { return nil }
        return BundledCapsule(
            id: id, version: version, tag: tag, commit: commit, digest: digest, manifestSHA256: sha256, source: source,
            content: content, history: history)
    }

    private mutating func bundledFile(_ node: Node?) -> BundledFile? {
        guard let node else { return nil }
        let fields = members(node, ["file", "size", "sha256"])
        let file = text(fields["file"], allowEmpty: false, maximum: TreeRules.pathBytes)
        let sha256 = parsed(fields["sha256"], "64 hexadecimal digits") { SHA256Digest(hex: $0) }
        guard let size = fields["size"] else { return nil }
        guard let count = size.value.integer.flatMap({ Int(exactly: $0) }), count >= 0 else {
            report(size, expected: "a number of bytes", advice: Self.advice)
            return nil
        }
        guard let file, let sha256 else { return nil }
        return BundledFile(file, size: count, sha256: sha256)
    }

    /// The members of an object, all of which there must be.
    private mutating func members(_ node: Node, _ keys: [String]) -> [String: Node] {
        let fields = object(node, known: Set(keys), like: "{\"\(keys[0])\": …}")
        guard node.value.object != nil else { return [:] }
        for key in keys { require(key, in: fields, of: node.path, expected: "a value", advice: Self.advice) }
        return fields
    }

    private mutating func parsed<Value>(
        _ node: Node?, _ expected: String, _ parse: (String) -> Value?
    ) -> Value? {
        guard let node else { return nil }
        if case .string(let text) = node.value, let value = parse(text) { return value }
        report(node, expected: expected, advice: Self.advice)
        return nil
    }
}
