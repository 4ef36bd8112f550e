package import Objects
import Versions

extension WorkspaceManifest {
    /// Reads an `amx.json`; the error names the first problem with its line and JSON path, and carries all of them.
    package static func parse(_ bytes: [UInt8], file: String = fileName) throws(AmxError) -> WorkspaceManifest {
        let limit = Limits.standard.manifestBytes
        let (draft, warnings) = try DocumentReading.read(bytes, file: file, limit: limit) { reader, root in
            reader.workspaceManifest(root)
        }
        return WorkspaceManifest(
            name: draft.name, develops: draft.develops, follows: draft.follows, requirements: draft.requirements,
            remotes: draft.remotes, others: draft.others, warnings: warnings)
    }

    /// The members that this version of Amx reads.
    static let typedMembers = Set(
        ["name", "develops", "follows", "remotes"] + Dependency.Kind.allCases.map(\.rawValue))
    /// Members that stand there for editors and people, without a warning.
    static let verbatimMembers: Set<String> = ["$schema", "description"]
}

extension ManifestReader {
    mutating func workspaceManifest(_ root: Node) -> WorkspaceManifest? {
        let fields = object(root, like: "{\"name\": \"support-team\"}")
        guard let document = root.value.object else { return nil }
        require(
            "name", in: fields, of: .root, expected: "the workspace's name",
            advice: "add \"name\": the last part of the address that the workspace is shared under")
        for key in document.keys
        where !WorkspaceManifest.typedMembers.contains(key) && !WorkspaceManifest.verbatimMembers.contains(key) {
            report(
                .warning, at: root.path.key(key), atKey: true, expected: "a member that Amx knows",
                found: "\"\(Self.excerpt(key))\"", advice: "check the spelling; the member is kept as it is")
        }
        let name = id(fields["name"])
        let develops = capsules(fields["develops"], in: name)
        // Of two branches of the workspace one may follow what the other has begun to develop.
        let follows = capsules(fields["follows"], in: name).filter { !develops.contains($0) }
        var requirements: [Requirement] = []
        for kind in Dependency.Kind.allCases { requirements += self.requirements(fields[kind.rawValue], kind) }
        let remotes = self.remotes(fields["remotes"])
        guard let name else { return nil }
        let others = document.members.filter { !WorkspaceManifest.typedMembers.contains($0.key) }
        return WorkspaceManifest(
            name: name, develops: develops, follows: follows, requirements: requirements, remotes: remotes,
            others: JSONObject(distinct: others), warnings: [])
    }

    private mutating func capsules(_ node: Node?, in workspace: CapsuleID?) -> [CapsuleID] {
        var ids: Set<CapsuleID> = []
        for element in list(node, of: "capsule ids") {
            guard let id = id(element) else { continue }
            if id == workspace {
                report(
                    element, expected: "another id than the workspace's name",
                    advice: "rename one of them: both are shared as OWNER/\(id).git")
            } else if !ids.insert(id).inserted {
                report(element, expected: "each capsule once", advice: "keep one of the two")
            }
        }
        return ids.sorted()
    }

    /// The addresses of remotes, by name; whether one can be spoken with is found out where it is used.
    private mutating func remotes(_ node: Node?) -> [String: String] {
        guard let node else { return [:] }
        guard let object = node.value.object else {
            _ = self.object(node, like: "{\"vendor\": \"https://hub.example/vendor\"}")
            return [:]
        }
        var remotes: [String: String] = [:]
        for member in object.members {
            let path = node.path.key(member.key)
            guard RefName.isRemote(member.key), member.key.utf8.count <= 64 else {
                report(
                    at: path, atKey: true, expected: "a remote's name", found: "\"\(Self.excerpt(member.key))\"",
                    advice: "use letters, digits and `-`")
                continue
            }
            guard let address = text(Node(value: member.value, path: path), allowEmpty: false, maximum: 2048) else {
                continue
            }
            guard address.hasPrefix("https://") || address.hasPrefix("http://") else {
                report(
                    at: path, expected: "an address that every copy of the workspace can use",
                    found: "\"\(Self.excerpt(address))\"", advice: "such as https://hub.example/vendor")
                continue
            }
            remotes[member.key] = address
        }
        return remotes
    }

    /// The requirements of one kind, by key.
    private mutating func requirements(_ node: Node?, _ kind: Dependency.Kind) -> [Requirement] {
        guard let node else { return [] }
        guard let object = node.value.object else {
            _ = self.object(node, like: "{\"product-catalog\": \"^1.0.0\"}")
            return []
        }
        var remotes: [String: String] = [:]
        var files: [String: FileSource] = [:]
        var written: [String: JSONValue] = [:]
        var constraints: [JSONObject.Member] = []
        for member in object.members {
            written[member.key] = member.value
            let path = node.path.key(member.key)
            guard let value = member.value.object else {
                constraints.append(member)
                continue
            }
            let example = "{\"version\": \"^1.0.0\", \"remote\": \"origin\"}"
            let members = self.object(
                Node(value: member.value, path: path), known: ["version", "operator", "prerelease", "remote", "file"],
                like: example)
            require(
                "version", in: members, of: path, expected: "a version constraint", advice: "write it as \(example)")
            remotes[member.key] = text(members["remote"], allowEmpty: false, maximum: 256)
            files[member.key] = file(members["file"], besides: members["remote"])
            guard value["operator"] == nil, value["prerelease"] == nil else {
                let rest = JSONObject(distinct: value.members.filter { !["remote", "file"].contains($0.key) })
                constraints.append(JSONObject.Member(key: member.key, value: .object(rest)))
                continue
            }
            if let version = value["version"] {
                constraints.append(JSONObject.Member(key: member.key, value: version))
            }
        }
        let found = dependencies(
            Node(value: .object(JSONObject(distinct: constraints)), path: node.path), kind, of: nil)
        let requirements = found.map { dependency in
            let key = dependency.owner.map { "\($0)/\(dependency.id)" } ?? dependency.id.string
            return Requirement(
                kind: kind, owner: dependency.owner, id: dependency.id, constraint: dependency.constraint,
                remote: remotes[key], file: files[key], written: written[key] ?? .null)
        }
        for requirement in requirements where requirement.owner != nil && requirement.file != nil {
            report(
                at: node.path.key(requirement.key), expected: "an owner or a file", found: "both",
                advice: "a file has no owner: leave out \"\(requirement.owner?.string ?? "")/\"")
        }
        return requirements.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    /// The file that a requirement names, which then names no remote.
    private mutating func file(_ node: Node?, besides remote: Node?) -> FileSource? {
        guard let node, let text = text(node, allowEmpty: false, maximum: FileSource.byteCount) else { return nil }
        guard remote == nil else {
            report(node, expected: "a remote or a file", advice: "keep one of the two")
            return nil
        }
        guard let file = FileSource(text) else {
            report(
                node, expected: "a .kc file below the workspace's folder, such as ./vendor/product-catalog.kc",
                advice: "`amx install FILE.kc` writes it")
            return nil
        }
        return file
    }
}
