import Objects
import Versions

/// A library's `package.json` (row A-007): shared code of a workspace.
enum Library {
    /// Checks a file; errors are thrown, warnings come back.
    ///
    /// Dependencies that are capsules of the workspace must have versions that fit; names that are no capsule ids are left to the
    /// library's own tools.
    static func check(
        _ bytes: [UInt8], named name: String, file: String, against known: KnownVersions
    ) throws(AmxError) -> [ManifestDiagnostic] {
        try DocumentReading.read(bytes, file: file, limit: Limits.standard.manifestBytes) { reader, root in
            reader.library(root, named: name, against: known)
        }.warnings
    }
}

extension ManifestReader {
    fileprivate mutating func library(_ root: Node, named name: String, against known: KnownVersions) -> Bool? {
        let fields = object(root, like: "{\"id\": \"\(name)\", \"name\": \"…\", \"version\": \"1.0.0\"}")
        guard root.value.object != nil else { return nil }
        require("id", in: fields, of: .root, expected: "the folder's name", advice: "add \"id\": \"\(name)\"")
        require("name", in: fields, of: .root, expected: "a name for people", advice: "add \"name\": \"…\"")
        require("version", in: fields, of: .root, expected: "a version", advice: "add \"version\": \"0.1.0\"")
        if let node = fields["id"], let id = text(node), !id.utf8.elementsEqual(name.utf8) {
            report(node, expected: "\"\(name)\", the folder's name", advice: "make the two the same")
        }
        _ = text(fields["name"], allowEmpty: false, maximum: 256)
        _ = version(fields["version"])
        _ = text(fields["description"], multiline: true)
        _ = text(fields["license"], maximum: 1024)
        _ = text(fields["entry_point"], allowEmpty: false, maximum: 1024)
        if let metadata = fields["ai_metadata"] { _ = object(metadata, like: "{\"frameworks\": []}") }
        guard let dependencies = fields["dependencies"] else { return true }
        let children = object(dependencies, like: "{\"product-catalog\": \"^1.0.0\"}")
        for key in dependencies.value.object?.keys ?? [] {
            guard let id = try? CapsuleID(key), let node = children[key] else { continue }
            guard let constraint = constraint(node) else { continue }
            // A name that no capsule here has may be a package of another kind.
            if case .unknown = known.answer(id, constraint) { continue }
            resolve(id, constraint, at: node.path, against: known)
        }
        return true
    }
}
