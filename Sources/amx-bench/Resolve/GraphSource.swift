import Versions

/// Gives a graph file's packages to the solver, with or without peer dependencies.
struct GraphSource: CandidateSource {
    private let graph: GraphFile
    private let hasPeers: Bool
    private let numbers: [PackageName: Int]

    init(_ graph: GraphFile, hasPeers: Bool) {
        self.graph = graph
        self.hasPeers = hasPeers
        numbers = Dictionary(
            graph.packages.enumerated().map { (PackageName($0.element.name), $0.offset) }, uniquingKeysWith: { $1 })
    }

    var hasManifestsAtHand: Bool { true }

    func candidates(of package: PackageName) -> [Candidate] {
        guard let number = numbers[package] else { return [] }
        let texts = graph.packages[number].versions
        let versions = texts.compactMap { SemanticVersion($0) ?? SemanticVersion("\($0).0.0") }.map { Candidate($0) }
        // Ordinals are places in the file, so versions in another order than ours are only numbered.
        if versions.count == texts.count, zip(versions, versions.dropFirst()).allSatisfy({ $0 < $1 }) {
            return versions
        }
        return texts.indices.map { Candidate(SemanticVersion(UInt64($0), 0, 0)) }
    }

    func manifest(of package: PackageName, _ candidate: Candidate, at ordinal: Int) -> CandidateManifest {
        guard let number = numbers[package] else { return .requirements([]) }
        let package = graph.packages[number]
        var found: [PackageRequirement] = []
        if ordinal < package.dependencies.count { add(package.dependencies[ordinal], .required, to: &found) }
        if hasPeers, ordinal < package.peers.count { add(package.peers[ordinal], .peer, to: &found) }
        return .requirements(found)
    }

    private func add(_ pairs: [Int32], _ kind: PackageRequirement.Kind, to found: inout [PackageRequirement]) {
        for place in stride(from: 0, to: pairs.count - 1, by: 2) {
            if let known = requirement(Int(pairs[place]), Int(pairs[place + 1]), kind) { found.append(known) }
        }
    }

    func requirement(_ package: Int, _ constraint: Int, _ kind: PackageRequirement.Kind) -> PackageRequirement? {
        guard graph.packages.indices.contains(package),
            graph.packages[package].constraints.indices.contains(constraint)
        else { return nil }
        let target = graph.packages[package]
        return PackageRequirement(PackageName(target.name), target.constraints[constraint], kind: kind)
    }
}
