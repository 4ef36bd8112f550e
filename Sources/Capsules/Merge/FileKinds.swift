package import Objects

/// Which files merge how: by their names, and in a capsule by what the manifest says they are.
package struct FileKinds: Sendable {
    private let assets: KnowledgeAssets?
    /// The file that merges as a manifest.
    private let manifest: [UInt8]?
    /// Whether the files are a workspace's own.
    private let isWorkspace: Bool

    /// A capsule; without a manifest that can be read, only names count.
    package init(capsule manifest: Manifest?) {
        assets = manifest?.knowledgeAssets
        (self.manifest, isWorkspace) = (Array(Manifest.fileName.utf8), false)
    }

    /// What belongs to a workspace itself.
    package static var workspace: FileKinds {
        FileKinds(manifest: Array(WorkspaceManifest.fileName.utf8), isWorkspace: true)
    }

    /// A folder of which nothing is known: only names count.
    package init() { self.init(manifest: nil, isWorkspace: false) }

    private init(manifest: [UInt8]?, isWorkspace: Bool) {
        (assets, self.manifest, self.isWorkspace) = (nil, manifest, isWorkspace)
    }

    /// How a file merges.
    package func kind(of path: TreePath) -> FileKind {
        if path.bytes == manifest { return .json(.manifest) }
        if let format = RowFormat(of: path) {
            return .rows(format, width: assets?.dimensions(of: path))
        }
        switch place(of: path) {
        case .lock: return .lock
        case .volume: return .yaml(.manifest)
        case .library: return .json(.manifest)
        case .manifest, nil: break
        }
        let name = path.name.lowercased()
        if name.hasSuffix(".json") { return .json(has(path, .rules) ? .rules : .document) }
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            if has(path, .rules) { return .yaml(.rules) }
            if has(path, .schemas) { return .yaml(.document) }
        }
        return .other
    }

    /// What a conflict in a file is about: of several places in a manifest the one that matters most.
    package func type(of path: TreePath, values: [JSONConflict]) -> ConflictType {
        if path.bytes == manifest {
            let types = Set(values.map { ConflictType(manifest: $0.path) })
            return ConflictType.allCases.first(where: types.contains) ?? .configuration
        }
        switch place(of: path) {
        case .lock: return .dependency
        case .volume, .library: return .knowledge
        case .manifest, nil: break
        }
        if has(path, .schemas) { return .schema }
        return [.rules, .workflows, .embeddings].contains { has(path, $0) } ? .knowledge : .data
    }

    /// What a file of a workspace is to Amx; nil for any other file.
    private func place(of path: TreePath) -> WorkspaceDocuments.Place? {
        isWorkspace ? WorkspaceDocuments.Place(path) : nil
    }

    private func has(_ path: TreePath, _ kind: KnowledgeAssets.Kind) -> Bool {
        assets?.contains(path, as: kind) ?? false
    }
}
