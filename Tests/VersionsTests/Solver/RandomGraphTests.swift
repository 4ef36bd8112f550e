import TestSupport
import Testing

@testable import Versions

/// The solver beside a search that tries everything.
@Suite struct RandomGraphTests {
    enum Shape: CaseIterable {
        case dense, sparse, peers, wide

        func graph(_ seed: UInt64) -> SmallGraph {
            switch self {
            case .dense: SmallGraph(seed: seed, packages: 6, versions: 1...5, needs: 1...3, kinds: [.required])
            case .sparse: SmallGraph(seed: seed, packages: 9, versions: 1...4, needs: 0...2, kinds: [.required])
            case .peers:
                SmallGraph(
                    seed: seed, packages: 7, versions: 1...4, needs: 0...3,
                    kinds: [.required, .peer, .optionalPeer, .optionalPeer])
            case .wide:
                SmallGraph(
                    seed: seed, packages: 4, versions: 60...130, needs: 0...3, kinds: [.required, .optionalPeer])
            }
        }
    }

    @Test(arguments: Shape.allCases)
    func agreesWithTryingEverything(shape: Shape) throws {
        var (solvable, unsolvable) = (0, 0)
        for seed in 0..<(shape == .wide ? 12 : 80) as Range<UInt64> {
            let small = shape.graph(seed)
            for source in [small.graph, LazyGraph(graph: small.graph)] as [any CandidateSource] {
                let resolver = Resolver(Catalogue(source))
                switch try resolver.resolve(small.request) {
                case .resolved(let resolution):
                    #expect(small.isSolution(resolution.ordinals), "\(shape) \(seed)")
                    solvable += 1
                case .conflict(let contradiction):
                    #expect(!small.isSolvable, "\(shape) \(seed)")
                    try check(contradiction, resolver, "\(shape) \(seed)")
                    unsolvable += 1
                case .gaveUp: Issue.record("gave up: \(shape) \(seed)")
                }
            }
        }
        #expect(solvable > 3 && unsolvable > 3, "\(solvable) \(unsolvable)")
    }

    /// The facts alone have no solution, each of them is needed, the report is short, and every repair works.
    private func check(_ contradiction: Contradiction, _ resolver: Resolver, _ what: String) throws {
        var core = Core(resolver.catalogue, facts: contradiction.facts, givens: contradiction.givens)
        try core.minimize()
        #expect(core.isMinimal, "\(what)")
        #expect(try core.hasSolution(core.facts, core.givens) == false, "\(what)")
        for place in core.facts.indices {
            var others = core.facts
            others.remove(at: place)
            #expect(try core.hasSolution(others, core.givens) == true, "\(what)")
        }
        let whole = try core.wholeEdges()
        for edge in Set(core.facts.map(Core.edge)) {
            #expect(try core.hasSolution(whole.filter { Core.edge(of: $0) != edge }, core.givens) == true, "\(what)")
        }
        for place in core.givens.indices {
            var others = core.givens
            others.remove(at: place)
            #expect(try core.hasSolution(core.facts, others) == true, "\(what)")
        }
        let conflict = try contradiction.explain()
        #expect(conflict.facts == core.conflictFacts(), "\(what)")
        let edges = Proof(core).edgeCount
        #expect(Double(conflict.lines.count) <= 1.5 * Double(edges) + 3, "\(what) \(conflict.lines)")
        for repair in conflict.repairs {
            guard case .relax(let relaxed) = repair.change else { continue }
            var changed = contradiction.request
            changed.requirements = changed.requirements.map {
                $0.requirement == relaxed ? RootRequirement(PackageRequirement(relaxed.package, .any)) : $0
            }
            guard case .resolved(let resolution) = try resolver.resolve(changed) else {
                Issue.record("\(what): \(repair) does not work")
                continue
            }
            #expect(resolution.version(of: relaxed.package) == repair.version, "\(what)")
        }
    }

    @Test func answersDoNotDependOnTheOrderOfTheInput() throws {
        var random = SeededGenerator(seed: 3)
        for seed in 1_000..<1_024 as Range<UInt64> {
            let shape = Shape.allCases[Int(seed % 3)]
            let small = shape.graph(seed)
            var texts: Set<String> = []
            for _ in 0..<3 {
                var graph = PackageGraph()
                for name in small.needs.keys.shuffled(using: &random) {
                    for (ordinal, needs) in (small.needs[name] ?? []).enumerated().shuffled(using: &random) {
                        let candidate = Candidate(SemanticVersion(UInt64(ordinal), 0, 0))
                        graph.add(name, candidate, needs.shuffled(using: &random))
                    }
                }
                let catalogue = Catalogue(graph)
                if Bool.random(using: &random) {
                    try catalogue.preload(Array(small.needs.keys.shuffled(using: &random)))
                }
                let resolver = Resolver(catalogue)
                let request = ResolutionRequest(small.roots.shuffled(using: &random).map { RootRequirement($0) })
                switch try resolver.resolve(request) {
                case .resolved(let resolution): texts.insert("\(resolution)")
                case .conflict(let contradiction): texts.insert("\(try contradiction.explain())")
                case .gaveUp: Issue.record("gave up")
                }
            }
            #expect(texts.count == 1, "\(seed) \(texts)")
        }
    }

    @Test func givesUpHonestly() throws {
        // Six packages with five versions each, no two of the same number: pigeons and holes.
        var graph = PackageGraph()
        var roots: [RootRequirement] = []
        let holes = 5
        for pigeon in 0...holes {
            for hole in 0..<holes {
                let needs = (0...holes).filter { $0 != pigeon }.map {
                    PackageRequirement(
                        PackageName("p\($0)"),
                        .ordinals([0..<hole, hole + 1..<holes].filter { !$0.isEmpty }, text: "\(hole)"))
                }
                graph.add(PackageName("p\(pigeon)"), Candidate(SemanticVersion(UInt64(hole), 0, 0)), needs)
            }
            roots.append(RootRequirement(PackageRequirement(PackageName("p\(pigeon)"), .any)))
        }
        let request = ResolutionRequest(roots)
        guard
            case .gaveUp(let bound) = try Resolver(Catalogue(graph), limits: SolverLimits(conflicts: 20)).resolve(
                request)
        else {
            Issue.record("an answer after twenty conflicts")
            return
        }
        #expect(bound == .conflicts(20))
        // The answer is the same when nearly all that was learned is forgotten again.
        for learned in [4_000, 5] {
            let resolver = Resolver(Catalogue(graph), limits: SolverLimits(learned: learned))
            guard case .conflict(let contradiction) = try resolver.resolve(request) else {
                Issue.record("no answer")
                return
            }
            #expect(try contradiction.explain().facts.count > holes)
        }
    }
}
