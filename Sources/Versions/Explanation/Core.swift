/// Facts and givens that have no solution together, and how they are reduced to those that are needed.
struct Core {
    let catalogue: Catalogue
    private(set) var facts: [Fact]
    private(set) var givens: [Given]
    /// Whether none can be left out; false when the bound on work was reached first.
    private(set) var isMinimal = false
    /// What is left of the bound on work, in facts looked at: about 50 ms.
    private var budget = 300_000

    /// One edge of the report: what one package, or the workspace, asks of another.
    struct Edge: Hashable {
        /// Nil for the workspace and for locks.
        let dependent: Catalogue.Package?
        let target: Catalogue.Package
        let kind: PackageRequirement.Kind?
    }

    init(_ catalogue: Catalogue, facts: [Fact.ID], givens: [Given]) {
        self.catalogue = catalogue
        // By what they say: a fact's number depends on the order of reading.
        self.facts = facts.map { catalogue.facts[$0] }.sorted {
            $0.package == $1.package
                ? Catalogue.precedes($0, $1) : catalogue.entries[$0.package].name < catalogue.entries[$1.package].name
        }
        self.givens = givens
    }

    /// Leaves out what is not needed, far from the workspace first: whole edges, then single facts and givens.
    mutating func minimize() throws {
        while let smaller = try contradiction(facts, givens), smaller.facts.count < facts.count {
            (facts, givens) = smaller
        }
        for edge in edgesFarFirst() where facts.contains(where: { Self.edge(of: $0) == edge }) {
            guard budget > 0 else { return }
            let others = facts.filter { Self.edge(of: $0) != edge }
            if let smaller = try contradiction(others, givens) { (facts, givens) = smaller }
        }
        // A fact is known again by its place from the end: what is left out lies before it or is the fact itself.
        var place = facts.count - 1
        while place >= 0 {
            guard budget > 0 else { return }
            var others = facts
            others.remove(at: place)
            if let smaller = try contradiction(others, givens) {
                (facts, givens) = smaller
                place = min(place, facts.count)
            }
            place -= 1
        }
        place = givens.count - 1
        while place >= 0 {
            guard budget > 0 else { return }
            var others = givens
            others.remove(at: place)
            if let smaller = try contradiction(facts, others) {
                (facts, givens) = smaller
                place = min(place, givens.count)
            }
            place -= 1
        }
        isMinimal = true
    }

    /// The parts of some facts and givens that contradict each other; nil when they have a solution.
    func check(_ facts: [Fact], _ givens: [Given]) throws -> (facts: [Fact], givens: [Given])? {
        let small = Catalogue(facts, of: catalogue, and: givens.map(\.package))
        let mapped = givens.map {
            Given(
                package: small.number(of: catalogue.entries[$0.package].name), accepted: $0.accepted,
                mayBeAbsent: $0.mayBeAbsent, cause: $0.cause)
        }
        var solver = Solver(
            small, mapped, preferences: withdrawn(givens, in: small), limits: SolverLimits(conflicts: 2_000))
        guard case .contradiction(let usedFacts, let usedGivens) = try solver.run() else { return nil }
        return (usedFacts.map { facts[$0] }, usedGivens.map { givens[$0] })
    }

    /// Keeps locked versions that were withdrawn among the candidates, as the solve did.
    private func withdrawn(_ givens: [Given], in small: Catalogue) -> [Catalogue.Package: Int] {
        var kept: [Catalogue.Package: Int] = [:]
        for given in givens {
            if case .root = given.cause { continue }
            kept[small.number(of: catalogue.entries[given.package].name)] = given.accepted.highest
        }
        return kept
    }

    private mutating func contradiction(
        _ facts: [Fact], _ givens: [Given]
    ) throws -> (facts: [Fact], givens: [Given])? {
        budget -= facts.count + givens.count + 20
        return try check(facts, givens)
    }

    static func edge(of fact: Fact) -> Edge {
        Edge(dependent: fact.package, target: fact.target, kind: fact.requirement?.kind)
    }

    /// The edges, those whose dependent is furthest from the workspace first, then by name.
    private func edgesFarFirst() -> [Edge] {
        var distance: [Catalogue.Package: Int] = [:]
        var open = givens.map(\.package)
        for package in open { distance[package] = 0 }
        var next = 0
        while next < open.count {
            let package = open[next]
            next += 1
            for fact in facts where fact.package == package && distance[fact.target] == nil {
                distance[fact.target] = distance[package, default: 0] + 1
                open.append(fact.target)
            }
        }
        var seen: Set<Edge> = []
        let edges = facts.map(Self.edge).filter { seen.insert($0).inserted }
        func name(_ package: Catalogue.Package) -> PackageName { catalogue.entries[package].name }
        return edges.sorted {
            let (first, second) = ($0.dependent ?? $0.target, $1.dependent ?? $1.target)
            let (left, right) = (distance[first, default: .max], distance[second, default: .max])
            if left != right { return left > right }
            if first != second { return name(first) < name(second) }
            if $0.target != $1.target { return name($0.target) < name($1.target) }
            return ($0.kind?.rawValue ?? "") < ($1.kind?.rawValue ?? "")
        }
    }
}
