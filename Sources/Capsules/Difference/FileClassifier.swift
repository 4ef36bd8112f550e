package import Objects

/// Tells of what type and scope a capsule's files are: by the manifest where it says so, else by place and name.
package struct FileClassifier {
    private let assets: KnowledgeAssets?
    private let called: Set<TreePath>
    // What work is left to matching patterns, whatever a manifest asks for.
    private var steps = 20_000_000

    /// Takes what a manifest says, if there is one.
    package init(_ manifest: Manifest?) {
        assets = manifest?.knowledgeAssets
        let names =
            (manifest?.endpoints.map(\.handler) ?? []) + (manifest?.eventHandlers.map(\.handler) ?? [])
        called = Set((manifest?.hooks.scripts.values).map(Array.init) ?? []).union(
            names.compactMap { try? TreePath($0) })
    }

    /// The type and scope of a file.
    package mutating func classify(_ file: FileEntry) -> (type: ChangeType, scope: ChangeScope) {
        let path = file.path
        let components = path.components.map { String(decoding: $0, as: UTF8.self).lowercased() }
        let name = components.last ?? ""
        let ending = name.split(separator: ".").count > 1 ? String(name.split(separator: ".").last ?? "") : ""
        if path.string == Manifest.fileName { return (.configuration, .global) }
        if called.contains(path) { return (.code, .function) }
        if let kind = asset(path) {
            switch kind {
            case .schemas: return (.schema, .data)
            case .rules, .workflows: return (.knowledge, .config)
            case .embeddings: return (.embedding, .data)
            }
        }
        if Self.dependencyFiles.contains(name) { return (.dependency, .module) }
        if ["f32", "npy"].contains(ending) || components.contains("embeddings") { return (.embedding, .data) }
        if name.hasSuffix(".schema.json") || components.dropLast().contains("schemas") { return (.schema, .data) }
        if components.count == 1, Self.descriptions.contains(where: { name.hasPrefix($0) }) {
            return (.knowledge, .metadata)
        }
        if Self.codeEndings.contains(ending) || file.mode == .executable { return (.code, .module) }
        if components.first == "knowledge" || Self.textEndings.contains(ending) {
            let isRule = components.dropFirst().first.map { ["rules", "workflows"].contains($0) } ?? false
            return (.knowledge, isRule ? .config : .data)
        }
        if components.first == "src" { return (.code, .module) }
        if Self.configurationEndings.contains(ending) || name.hasPrefix(".") { return (.configuration, .config) }
        return (.data, .data)
    }

    private mutating func asset(_ path: TreePath) -> KnowledgeAssets.Kind? {
        guard let assets else { return nil }
        let components = path.components.map { Array(String(decoding: $0, as: UTF8.self).unicodeScalars) }
        for kind in KnowledgeAssets.Kind.allCases {
            for pattern in assets[kind] {
                if pattern.isPattern
                    ? steps > 0 && pattern.matches(components, steps: &steps)
                    : pattern.text.utf8.elementsEqual(path.bytes)
                {
                    return kind
                }
            }
        }
        return nil
    }

    private static let dependencyFiles: Set<String> = [
        "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "requirements.txt", "pyproject.toml",
        "poetry.lock", "uv.lock", "cargo.toml", "cargo.lock", "go.mod", "go.sum", "gemfile", "gemfile.lock",
    ]
    private static let descriptions = ["readme", "changelog", "license", "notice", "contributing", "security"]
    private static let codeEndings: Set<String> = [
        "js", "mjs", "cjs", "ts", "tsx", "jsx", "py", "rb", "lua", "sh", "bash", "swift", "rs", "go", "c", "h", "cpp",
        "java", "kt", "cs", "php", "pl", "r", "sql", "wasm", "wat",
    ]
    private static let textEndings: Set<String> = ["md", "markdown", "txt", "rst", "adoc", "html"]
    private static let configurationEndings: Set<String> = [
        "json", "yaml", "yml", "toml", "ini", "cfg", "conf", "env", "properties", "xml",
    ]
}
