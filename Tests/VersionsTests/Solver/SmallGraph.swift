import TestSupport

@testable import Versions

/// A random graph that is small enough to try out everything.
struct SmallGraph: Sendable {
    let graph: PackageGraph
    let roots: [PackageRequirement]
    /// What each version of each package needs, by ordinal.
    let needs: [PackageName: [[PackageRequirement]]]

    init(
        seed: UInt64, packages: Int, versions: ClosedRange<Int>, needs: ClosedRange<Int>,
        kinds: [PackageRequirement.Kind]
    ) {
        var random = SeededGenerator(seed: seed)
        let names = (0..<packages).map { PackageName("p\($0)") }
        let counts = names.map { _ in Int.random(in: versions, using: &random) }
        func requirement(_ kinds: [PackageRequirement.Kind]) -> PackageRequirement {
            let target = Int.random(in: 0..<packages, using: &random)
            let low = Int.random(in: 0..<counts[target], using: &random)
            let high = min(counts[target], low + Int.random(in: 1...max(1, counts[target] / 2), using: &random))
            var runs = [low..<high]
            if Int.random(in: 0..<4, using: &random) == 0, low > 1 { runs.append(0..<low / 2) }
            let kind = kinds.randomElement(using: &random) ?? .required
            return PackageRequirement(names[target], .ordinals(runs, text: "\(runs)"), kind: kind)
        }
        var graph = PackageGraph()
        var all: [PackageName: [[PackageRequirement]]] = [:]
        for (name, count) in zip(names, counts) {
            var last: [PackageRequirement] = []
            for ordinal in 0..<count {
                // Neighbours often need the same.
                if ordinal == 0 || Int.random(in: 0..<3, using: &random) == 0 {
                    last = (0..<Int.random(in: needs, using: &random)).map { _ in requirement(kinds) }
                }
                all[name, default: []].append(last)
                graph.add(name, Candidate(SemanticVersion(UInt64(ordinal), 0, 0)), last)
            }
        }
        roots = (0..<Int.random(in: 1...3, using: &random)).map { _ in requirement([.required]) }
        self.graph = graph
        self.needs = all
    }

    /// Whether a choice of one version of each package meets all that is needed.
    func isSolution(_ chosen: [PackageName: Int]) -> Bool {
        violated(chosen) == nil && open(chosen) == nil
    }

    /// Whether there is any solution, by trying everything.
    var isSolvable: Bool { search([:]) }

    private func search(_ chosen: [PackageName: Int]) -> Bool {
        if violated(chosen) != nil { return false }
        guard let next = open(chosen) else { return true }
        return (0..<(needs[next]?.count ?? 0)).contains { ordinal in
            var chosen = chosen
            chosen[next] = ordinal
            return search(chosen)
        }
    }

    private func active(_ chosen: [PackageName: Int]) -> [PackageRequirement] {
        roots + chosen.flatMap { needs[$0.key]?[$0.value] ?? [] }
    }

    private func violated(_ chosen: [PackageName: Int]) -> PackageRequirement? {
        active(chosen).first { requirement in
            guard requirement.kind != .optional, let ordinal = chosen[requirement.package],
                case .ordinals(let runs, _) = requirement.accepted
            else { return false }
            return !runs.contains { $0.contains(ordinal) }
        }
    }

    /// A package that is needed and has no version yet.
    private func open(_ chosen: [PackageName: Int]) -> PackageName? {
        active(chosen).first {
            ![.optional, .optionalPeer].contains($0.kind) && chosen[$0.package] == nil
        }?.package
    }
}

extension SmallGraph {
    /// The request for its roots.
    var request: ResolutionRequest { ResolutionRequest(roots.map { RootRequirement($0) }) }
}

extension Resolution {
    /// The ordinals of a small graph's solution.
    var ordinals: [PackageName: Int] {
        Dictionary(
            packages.map { ($0.name, Int($0.candidate.version.major.value ?? 0)) }, uniquingKeysWith: { $1 })
    }
}
