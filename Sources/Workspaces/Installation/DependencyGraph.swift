package import Capsules
package import Objects
package import Versions

/// Who requires what in a workspace, as it is locked and developed now.
package struct DependencyGraph: Sendable {
    /// One capsule.
    package struct Node: Sendable, Hashable {
        /// The capsule.
        package let id: CapsuleID
        /// Its version here.
        package let version: SemanticVersion
        /// Whether it is developed here.
        package let isDeveloped: Bool
    }

    /// That one capsule, or the workspace, requires another.
    package struct Edge: Sendable, Hashable {
        /// Who; nil for the workspace.
        package let from: CapsuleID?
        /// What.
        package let to: CapsuleID
        /// In which way.
        package let kind: Dependency.Kind
        /// Which versions would do.
        package let constraint: VersionConstraint
    }

    /// The capsules here, by id.
    package let nodes: [CapsuleID: Node]
    private let edges: [CapsuleID?: [Edge]]

    /// Reads what is required here: `amx.json`, the lock, and the manifests of all capsules.
    package init(_ workspace: Workspace) throws(AmxError) {
        let lock = try workspace.lock() ?? WorkspaceLock()
        var nodes: [CapsuleID: Node] = [:]
        var edges: [CapsuleID?: [Edge]] = [:]
        for requirement in try workspace.manifest()?.requirements ?? [] {
            edges[nil, default: []].append(
                Edge(from: nil, to: requirement.id, kind: requirement.kind, constraint: requirement.constraint))
        }
        func add(_ dependencies: [Dependency], of id: CapsuleID) {
            edges[id] = dependencies.map { Edge(from: id, to: $0.id, kind: $0.kind, constraint: $0.constraint) }
        }
        for capsule in try workspace.developedCapsules(lock) {
            nodes[capsule.id] = Node(id: capsule.id, version: capsule.manifest.version, isDeveloped: true)
            add(capsule.manifest.dependencies, of: capsule.id)
        }
        for entry in lock.capsules where entry.lane == nil && nodes[entry.id] == nil {
            guard case .tag = entry.line else { continue }
            nodes[entry.id] = Node(id: entry.id, version: entry.version, isDeveloped: false)
            guard let dependencies = try workspace.dependencies(of: entry) else { continue }
            add(dependencies.filter { $0.kind != .development }, of: entry.id)
        }
        self.nodes = nodes
        self.edges = edges.mapValues { $0.sorted(by: Self.precedes) }
    }

    private static func precedes(_ left: Edge, _ right: Edge) -> Bool {
        left.to == right.to ? left.kind.rawValue < right.kind.rawValue : left.to < right.to
    }

    /// What a capsule requires, or the workspace for nil; by id.
    package func requirements(of id: CapsuleID?) -> [Edge] { edges[id] ?? [] }

    /// Where the tree begins: what the workspace requires, and what it develops; by id.
    package var roots: [CapsuleID] {
        let asked = Set(requirements(of: nil).map(\.to)).filter { nodes[$0] != nil }
        return asked.union(nodes.values.filter(\.isDeveloped).map(\.id)).sorted()
    }

    /// Who requires a capsule, the workspace first, then by id.
    package func dependents(of id: CapsuleID) -> [Edge] {
        let all = edges.values.joined().filter { $0.to == id }
        return all.sorted { left, right in
            guard let first = left.from, let second = right.from else { return left.from == nil && right.from != nil }
            return first < second
        }
    }

    /// The shortest way from the workspace, or from something that is developed, to a capsule; nil when there is none.
    package func path(to id: CapsuleID) -> [Edge]? {
        var seen: Set<CapsuleID> = [id]
        var queue: [[Edge]] = [[]]
        var next = 0
        while next < queue.count {
            let path = queue[next]
            next += 1
            let here = path.first.map(\.from) ?? id
            guard let here else { return path }
            if !path.isEmpty, nodes[here]?.isDeveloped == true { return path }
            for edge in dependents(of: here) {
                guard let from = edge.from else { return [edge] + path }
                if seen.insert(from).inserted { queue.append([edge] + path) }
            }
        }
        return nil
    }
}

extension Workspace {
    /// What the manifest of a locked capsule requires: as the table of its repository has it, else as it is read; nil when it is not here.
    fileprivate func dependencies(of entry: LockedCapsule) throws(AmxError) -> [Dependency]? {
        let path = repositoryPath(entry.id)
        if Directory.isDirectory(path),
            let releases = try? ReleaseReader(entry.id).releases(in: path, table: releaseTablePath(entry.id, at: path)),
            let release = releases.first(where: { $0.commit == entry.commit && $0.problem == nil })
        {
            return release.dependencies
        }
        return try capsule(entry.id).manifest(of: entry)?.dependencies
    }
}
