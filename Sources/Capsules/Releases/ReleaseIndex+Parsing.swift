import Objects
import Versions

extension ReleaseIndex {
    /// Reads the index of a capsule, and with `owner` of that owner's, as a server sent it.
    ///
    /// Members that are unknown are ignored; of what is known, everything is checked: kinds, forms, order, that nothing stands
    /// twice, and that the document is of what was asked for.
    package static func parse(
        _ bytes: [UInt8], of id: CapsuleID, owner: OwnerName? = nil
    ) throws(ReleaseIndexError) -> ReleaseIndex {
        guard bytes.count <= byteLimit else {
            throw ReleaseIndexError(.tooLarge, "it has \(bytes.count) bytes, and at most \(byteLimit) are read")
        }
        do {
            let fields = try DocumentFields(parsing: bytes, maximumDepth: 16)
            let schema = try fields.integer("schema")
            guard schema == Self.schema else {
                throw ReleaseIndexError(.schema, "its schema is \(schema), and \(Self.schema) is read")
            }
            let found = try fields.read("id", as: "a capsule's id") { try? CapsuleID($0) }
            let foundOwner = try fields.read("owner", as: "an owner") { try? OwnerName($0) }
            guard found == id, owner == nil || foundOwner == owner else {
                throw ReleaseIndexError(.otherCapsule, "it is that of \(foundOwner)/\(found)")
            }
            let address = "\(foundOwner)/\(found).git"
            _ = try fields.read("repository", as: "\(address)") { $0 == address ? $0 : nil }
            return try ReleaseIndex(found, foundOwner, fields.list("releases", limit: entryLimit))
        } catch let error as DocumentFields.Defect {
            throw ReleaseIndexError(.malformed, error.reason)
        } catch let error as ReleaseIndexError {
            throw error
        } catch {
            throw ReleaseIndexError(.malformed, "it cannot be read")
        }
    }

    private init(
        _ id: CapsuleID, _ owner: OwnerName, _ list: [DocumentFields]
    ) throws(DocumentFields.Defect) {
        var releases: [Release] = []
        releases.reserveCapacity(list.count)
        var yanks: [String: Yank] = [:]
        for (index, fields) in list.enumerated() {
            let (release, yank) = try Self.release(fields)
            if let last = releases.last, !Self.precedes(last, release) {
                throw DocumentFields.Defect(reason: "releases[\(index)] is not after the one before it")
            }
            releases.append(release)
            yanks[release.version.text] = yank
        }
        self.init(id: id, owner: owner, releases: releases, yanks: yanks)
    }

    private static func release(_ fields: DocumentFields) throws(DocumentFields.Defect) -> (Release, Yank?) {
        let problem = try fields.optional("problem", as: "a text") { text in
            text.isEmpty ? nil : TreeRules.printable(text.utf8)
        }
        var size: UInt64?
        if fields.has("size") {
            size = UInt64(exactly: try fields.integer("size"))
            if size == nil { throw fields.wrong("size", "a number of bytes", "\(try fields.integer("size"))") }
        }
        var yank: Yank?
        if fields.has("yanked") {
            let said = try fields.fields("yanked")
            yank = Yank(
                time: try said.time("at"),
                reason: try said.optional("reason", as: "one line") { Yank.isReason($0) ? $0 : nil })
        }
        let release = Release(
            version: try fields.read("version", as: "a version") { SemanticVersion($0) },
            tag: try object("tag", fields), commit: try object("commit", fields, mayMiss: problem != nil),
            tree: try object("tree", fields, mayMiss: problem != nil),
            manifest: try object("manifest", fields, mayMiss: problem != nil),
            digest: try fields.optional("digest", as: "a content digest") { ContentDigest($0) },
            dependencies: try dependencies(fields.fields("dependencies")),
            aimatrixVersion: fields.has("aimatrixVersion") ? try constraint(fields.fields("aimatrixVersion")) : nil,
            size: size, isYanked: yank != nil, problem: problem)
        return (release, yank)
    }

    /// An object's id; of a release that cannot be used, zeroes where nothing is there.
    private static func object(
        _ key: String, _ fields: DocumentFields, mayMiss: Bool = false
    ) throws(DocumentFields.Defect) -> ObjectID {
        let id = try fields.objectID(key)
        guard !id.isZero || mayMiss else { throw fields.wrong(key, "an object's id", id.hex) }
        return id
    }

    private static func dependencies(_ fields: DocumentFields) throws(DocumentFields.Defect) -> [Dependency] {
        var dependencies: [Dependency] = []
        for kind in Dependency.Kind.allCases where fields.has(kind.rawValue) {
            var seen: Set<CapsuleID> = []
            for entry in try fields.list(kind.rawValue, limit: entryLimit) {
                let id = try entry.read("id", as: "a capsule's id") { try? CapsuleID($0) }
                guard seen.insert(id).inserted else { throw entry.wrong("id", "named once", id.string) }
                dependencies.append(
                    Dependency(
                        kind: kind, owner: try entry.optional("owner", as: "an owner") { try? OwnerName($0) }, id: id,
                        constraint: try constraint(entry)))
            }
        }
        return dependencies
    }

    private static func constraint(_ fields: DocumentFields) throws(DocumentFields.Defect) -> VersionConstraint {
        var prerelease = false
        if fields.has("prerelease") {
            guard let said = try fields.value("prerelease").bool else {
                throw DocumentFields.Defect(reason: "\(fields.place(of: "prerelease")) is not true or false")
            }
            prerelease = said
        }
        return try fields.read("constraint", as: "a constraint") {
            try? VersionConstraint(parsing: $0, prerelease: prerelease)
        }
    }
}
