import Versions

extension ManifestReader {
    mutating func id(_ node: Node?) -> CapsuleID? {
        guard let node else { return nil }
        guard case .string(let text) = node.value else {
            report(node, expected: "a capsule id", advice: "write it as \"customer-service\"")
            return nil
        }
        guard let id = try? CapsuleID(text) else {
            let reason = CapsuleID.reason(against: text) ?? "not a capsule id"
            report(node, expected: "a capsule id (\(Self.excerpt(reason)))", advice: CapsuleID.hint(for: text))
            return nil
        }
        return id
    }

    /// A version that can also be a git tag `v<version>`.
    mutating func version(_ node: Node?) -> SemanticVersion? {
        guard let node else { return nil }
        guard case .string(let text) = node.value else {
            report(node, expected: "a version", advice: "write it as \"1.0.0\"")
            return nil
        }
        let version: SemanticVersion
        do {
            version = try SemanticVersion(parsing: text)
        } catch {
            report(
                node, expected: "a version (\(error.reason))",
                advice: "follow Semantic Versioning 2.0.0, as in \"1.0.0\" or \"2.1.0-rc.1\"")
            return nil
        }
        // Git refuses a ref that ends in `.lock`, and a file system a name of over 255 bytes (with git's own `.lock`).
        guard !text.hasSuffix(".lock") else {
            report(
                node, expected: "a version that git takes as the tag v<version>",
                advice: "let its last part be something other than 'lock'")
            return nil
        }
        guard text.utf8.count <= Manifest.versionBytes else {
            report(
                node, expected: "a version of at most \(Manifest.versionBytes) bytes, to be a tag", advice: "shorten it"
            )
            return nil
        }
        return version
    }

    mutating func developer(_ node: Node?) -> Developer? {
        guard let node else { return nil }
        let example = "{\"name\": \"…\", \"email\": \"…\"}"
        guard case .object = node.value else {
            report(node, expected: "an object with a name", advice: "write it as \(example)")
            return nil
        }
        let members = object(node, like: example)
        require("name", in: members, of: node.path, expected: "the author's name", advice: "add \"name\": \"…\"")
        let email = text(members["email"], maximum: 320)
        let url = text(members["url"], maximum: 2048)
        return text(members["name"], allowEmpty: false, maximum: 256).map {
            Developer(name: $0, email: email, url: url)
        }
    }

    /// A constraint as text, or as seed 000's object.
    mutating func constraint(_ node: Node?) -> VersionConstraint? {
        guard let node else { return nil }
        do {
            switch node.value {
            case .string(let text): return try VersionConstraint(parsing: text)
            case .object:
                let example = "{\"operator\": \"^\", \"version\": \"1.0.0\"}"
                let members = object(node, known: ["operator", "version", "prerelease"], like: example)
                require(
                    "operator", in: members, of: node.path, expected: "an operator", advice: "write it as \(example)")
                guard let found: VersionComparator.Operator = choice(members["operator"]) else { return nil }
                if found != .latest {
                    require(
                        "version", in: members, of: node.path, expected: "a version", advice: "write it as \(example)")
                }
                let version = text(members["version"])
                guard let prerelease = flag(members["prerelease"]), version != nil || found == .latest else {
                    return nil
                }
                return try VersionConstraint(operator: found, version: version ?? "", prerelease: prerelease)
            default:
                report(node, expected: "a version constraint", advice: "write it as \"^1.0.0\"")
            }
        } catch {
            report(
                node, expected: "a version constraint (\(error.reason))",
                advice: "write it as \"^1.0.0\", \">=1.2.0 <2.0.0\" or \"latest\"")
        }
        return nil
    }

    mutating func dependencies(_ node: Node?, _ kind: Dependency.Kind, of capsule: CapsuleID?) -> [Dependency] {
        guard let node else { return [] }
        guard case .object(let object) = node.value else {
            report(node, expected: "an object", advice: "write it as {\"product-catalog\": \"^1.0.0\"}")
            return []
        }
        var dependencies: [Dependency] = []
        var seen: Set<CapsuleID> = []
        for member in object.members {
            let key = member.key
            let path = node.path.key(key)
            let constraint = constraint(Node(value: member.value, path: path))
            let slash = key.utf8.firstIndex(of: UInt8(ascii: "/"))
            let owner = slash.flatMap { try? OwnerName(String(key[..<$0])) }
            let name = slash.map { String(key[key.utf8.index(after: $0)...]) } ?? key
            guard let id = try? CapsuleID(name), slash == nil || owner != nil else {
                report(
                    at: path, atKey: true, expected: "a capsule id, or owner/id", found: "\"\(Self.excerpt(key))\"",
                    advice: "write the key as \"product-catalog\" or \"acme/product-catalog\"")
                continue
            }
            guard id != capsule else {
                report(
                    at: path, atKey: true, expected: "another capsule", found: "the capsule itself", advice: "remove it"
                )
                continue
            }
            guard seen.insert(id).inserted else {
                report(
                    at: path, atKey: true, expected: "each capsule once", found: "'\(id)' again",
                    advice: "keep one of the two")
                continue
            }
            if let constraint {
                dependencies.append(Dependency(kind: kind, owner: owner, id: id, constraint: constraint))
            }
        }
        return dependencies
    }
}
