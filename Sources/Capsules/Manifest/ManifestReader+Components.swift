import Objects

extension ManifestReader {
    /// A component as far as it has been read, and where.
    private struct Draft {
        let node: Node
        let members: [String: Node]
        let id: String?
        let file: TreePath?
        let kind: Component.Kind
        let hash: SHA256Digest?
        let links: [(node: Node, id: String)]
        let capabilities: Capabilities?
    }

    mutating func components(_ node: Node?) -> [Component] {
        let example = "{\"id\": \"main\", \"file\": \"components/main.wasm\", \"hash\": \"sha256:…\"}"
        var drafts: [Draft] = []
        var kinds: [String: Component.Kind] = [:]
        var ids: Set<String> = []
        for node in list(node, of: "components") {
            let members = object(
                node, known: ["id", "file", "hash", "type", "engine", "link", "capabilities"], like: example)
            guard case .object = node.value else { continue }
            require("id", in: members, of: node.path, expected: "an id", advice: "write it as \(example)")
            require("file", in: members, of: node.path, expected: "a file", advice: "write it as \(example)")
            let id = declaredName(members["id"], among: &ids)
            let file = file(members["file"], like: "components/main.wasm")
            let kind: Component.Kind? = members["type"] == nil ? .executable : choice(members["type"])
            checkEngine(of: node, members, file)
            let hash = hash(members["hash"])
            let links = list(members["link"], of: "ids").compactMap { node in
                text(node, allowEmpty: false).map { (node, $0) }
            }
            let draft = Draft(
                node: node, members: members, id: id, file: file, kind: kind ?? .library, hash: hash, links: links,
                capabilities: capabilities(members["capabilities"]))
            checkLinks(of: draft, among: kinds)
            if let id { kinds[id] = draft.kind }
            drafts.append(draft)
        }
        let linked = Set(drafts.flatMap { $0.links.map(\.id) })
        return drafts.compactMap { draft in
            if draft.kind == .executable || draft.id.map(linked.contains) == true {
                require(
                    "hash", in: draft.members, of: draft.node.path, expected: "the hash of what is executed",
                    advice: "add \"hash\": \"sha256:\" and what `sha256sum` prints of the file")
            }
            guard let id = draft.id, let file = draft.file else { return nil }
            return Component(
                id: id, file: file, hash: draft.hash, kind: draft.kind, engine: .wasm, link: draft.links.map(\.id),
                capabilities: draft.capabilities)
        }
    }

    private mutating func checkEngine(of node: Node, _ members: [String: Node], _ file: TreePath?) {
        let advice = "components are WebAssembly; scripts and programs are the handlers of 'tools'"
        if let engine = members["engine"] {
            guard engine.value.string != Engine.wasm.rawValue else { return }
            report(engine, expected: "\"wasm\"", advice: advice)
        } else if let file, !file.name.hasSuffix(".wasm") {
            report(
                at: node.path.key("engine"), expected: "\"wasm\", as the file does not end in .wasm", found: "nothing",
                advice: advice)
        }
    }

    /// Only libraries are linked, and only those that stand before, so that there are no cycles.
    private mutating func checkLinks(of draft: Draft, among kinds: [String: Component.Kind]) {
        for link in draft.links where kinds[link.id] != .library {
            report(
                link.node, expected: "the id of a library that stands before",
                advice: kinds[link.id] == nil
                    ? "declare it above, with \"type\": \"library\"" : "give that component \"type\": \"library\"")
        }
    }
}
