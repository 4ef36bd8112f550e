package import Objects

/// What a hub itself says of a capsule: the content of `meta.json` at `refs/amx/meta` of its repository.
///
/// Only the hub writes it. Members that this version does not know are kept by every change. Source: `docs/protocol.md`, section 11.
package struct CapsuleMeta: Sendable, Hashable {
    /// The only file of the reference's tree.
    package static let fileName = "meta.json"
    /// The most bytes of the file.
    package static let byteLimit = 4 << 20
    private static let schema: Int64 = 1

    /// The withdrawn releases, by the text of their versions.
    package private(set) var yanks: [String: Yank]
    private var document: JSONObject

    /// What is said of a capsule of which nothing was said yet.
    package init() {
        yanks = [:]
        document = ["schema": .integer(Self.schema), "yanked": .object([:])]
    }

    /// Reads the file's bytes; `.verification` for what no hub writes.
    package init(parsing bytes: [UInt8]) throws(AmxError) {
        guard bytes.count <= Self.byteLimit else {
            throw Self.unreadable("it has \(bytes.count) bytes, and at most \(Self.byteLimit) are read")
        }
        do throws(DocumentFields.Defect) {
            let fields = try DocumentFields(parsing: bytes, maximumDepth: 16)
            let schema = try fields.integer("schema")
            guard schema == Self.schema else { throw DocumentFields.Defect(reason: "its schema is \(schema)") }
            let yanked = try fields.fields("yanked")
            var yanks: [String: Yank] = [:]
            for member in yanked.members {
                let yank = try DocumentFields(member.value, at: "yanked.\(TreeRules.printable(member.key.utf8))")
                yanks[member.key] = Yank(
                    time: try yank.time("at"), owner: try yank.optional("by", as: "an owner") { try? OwnerName($0) },
                    reason: try yank.optional("reason", as: "one line") { Yank.isReason($0) ? $0 : nil })
            }
            self.yanks = yanks
            document = JSONObject(fields.members.map { ($0.key, $0.value) })
        } catch {
            throw Self.unreadable(error.reason)
        }
    }

    /// The file's bytes: canonical JSON.
    package var encoded: [UInt8] { JSONWriter.bytes(.object(document), .canonical) }

    /// Withdraws a release, or with nil takes that back.
    package mutating func setYank(_ yank: Yank?, of version: String) {
        yanks[version] = yank
        var all = document["yanked"]?.object ?? [:]
        guard let yank else {
            all[version] = nil
            document["yanked"] = .object(all)
            return
        }
        var entry = all[version]?.object ?? [:]
        entry["at"] = .string(UTCTime.text(yank.time))
        entry["by"] = yank.owner.map { .string($0.string) }
        entry["reason"] = yank.reason.map(JSONValue.string)
        all[version] = .object(entry)
        document["yanked"] = .object(all)
    }

    static func unreadable(_ why: String) -> AmxError {
        AmxError(
            .verification, "\(fileName) of \(RefName.meta.string) is not what a hub writes: \(why)",
            hint: "restore the reference from a backup, or delete it: then no release is yanked")
    }
}
