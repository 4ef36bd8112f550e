import Objects
import Versions

/// A volume's `manifest.yaml` (row A-006): capsules in the order of a book.
enum Volume {
    private static let members: Set<String> = [
        "id", "version", "title", "description", "author", "created", "modified", "capsules", "structure", "metadata",
    ]

    /// Checks a file; errors are thrown, warnings come back.
    static func check(
        _ bytes: [UInt8], named name: String, file: String, against known: KnownVersions
    ) throws(AmxError) -> [ManifestDiagnostic] {
        try DocumentReading.readYAML(
            bytes, file: file, limit: Limits.standard.manifestBytes, named: "manifestBytes"
        ) { reader, root in
            reader.volume(root, named: name, against: known)
            return true
        }.warnings
    }

    fileprivate static func knows(_ key: String) -> Bool { members.contains(key) }
}

extension ManifestReader {
    fileprivate mutating func volume(_ root: Node, named name: String, against known: KnownVersions) {
        let fields = object(root, like: "id: handbook")
        guard let document = root.value.object else { return }
        for key in document.keys where !Volume.knows(key) {
            report(
                .warning, at: root.path.key(key), expected: "a member that Amx knows",
                found: "\"\(Self.excerpt(key))\"",
                advice: "check the spelling; the member is kept as it is")
        }
        require("id", in: fields, of: .root, expected: "the folder's name", advice: "add id: \(name)")
        require("version", in: fields, of: .root, expected: "a version", advice: "add version: 1.0.0")
        require("title", in: fields, of: .root, expected: "a title", advice: "add title: …")
        require("capsules", in: fields, of: .root, expected: "the volume's capsules", advice: "add capsules: []")
        if let node = fields["id"], let id = text(node), !id.utf8.elementsEqual(name.utf8) {
            report(node, expected: "\"\(name)\", the folder's name", advice: "make the two the same")
        }
        _ = version(fields["version"])
        _ = text(fields["title"], allowEmpty: false, maximum: 1024)
        _ = text(fields["description"], multiline: true)
        _ = text(fields["author"])
        if let metadata = fields["metadata"] { _ = object(metadata, like: "category: …") }
        var members: Set<CapsuleID> = []
        for element in list(fields["capsules"], of: "capsules") { volumeCapsule(element, into: &members, known) }
        for chapter in list(fields["structure"], of: "chapters") {
            let fields = object(chapter, known: ["chapter", "capsules"], like: "chapter: …")
            require(
                "chapter", in: fields, of: chapter.path, expected: "the chapter's title", advice: "add chapter: …")
            _ = text(fields["chapter"], allowEmpty: false, maximum: 1024)
            for element in list(fields["capsules"], of: "capsule ids") {
                guard let id = id(element), !members.contains(id) else { continue }
                report(
                    element, expected: "a capsule that the volume's list has",
                    advice: "add \(id) to capsules, with its version"
                )
            }
        }
    }

    private mutating func volumeCapsule(_ node: Node, into members: inout Set<CapsuleID>, _ known: KnownVersions) {
        let fields = object(node, known: ["id", "version", "weight"], like: "id: product-catalog")
        guard node.value.object != nil else { return }
        require("id", in: fields, of: node.path, expected: "a capsule id", advice: "add id: …")
        require("version", in: fields, of: node.path, expected: "a version", advice: "add version: …")
        if let weight = fields["weight"], let text = text(weight), !(Double(text).map(\.isFinite) ?? false) {
            report(weight, expected: "a number", advice: "write it as 1.0")
        }
        let constraint = constraint(fields["version"])
        guard let id = id(fields["id"]) else { return }
        if !members.insert(id).inserted {
            report(node, expected: "each capsule once", advice: "keep one of the entries of \(id)")
        }
        if let constraint { resolve(id, constraint, at: node.path.key("version"), against: known) }
    }
}
