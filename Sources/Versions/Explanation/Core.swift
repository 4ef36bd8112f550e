/// Facts and givens that have no solution together, and how they are reduced to those that are needed.
struct Core {
    let catalogue: Catalogue
    private(set) var facts: [Fact]
    private(set) var givens: [Given]
    /// Whether none can be left out; false when the bound on work was reached first.
    private(set) var isMinimal = false
    /// Whether a part was left in because nobody found out in time whether the others have a solution.
    private var isDoubtful = false
    /// What is left of the bound on work, in facts looked at: about 50 ms.
    private var budget = 300_000
    /// The number of conflicts after which one of the solves gives up.
    private let conflicts: Int
    /// What is left of the conflicts of all of them.
    private var conflictsLeft = Int.max
    /// What is left of their steps.
    private var stepsLeft = Int.max

    /// One edge of the report: what one package, or the workspace, asks of another.
    struct Edge: Hashable {
        /// Nil for the workspace and for locks.
        let dependent: Catalogue.Package?
        let target: Catalogue.Package
        let kind: PackageRequirement.Kind?
    }

    init(_ catalogue: Catalogue, facts: [Fact.ID], givens: [Given], conflicts: Int = 2_000) {
        self.conflicts = conflicts
        self.catalogue = catalogue
        // By what they say: a fact's number depends on the order of reading.
        let orders = facts.map { FactOrder(catalogue.facts[$0], $0) }.sorted { left, right in
            let (first, second) = (catalogue.facts[left.id].package, catalogue.facts[right.id].package)
            return first == second
                ? FactOrder.precedes(left, right) : catalogue.entries[first].name < catalogue.entries[second].name
        }
        self.facts = orders.map { catalogue.facts[$0.id] }
        self.givens = givens
    }

    /// Reduces as ``minimize()`` does, within what is left of a request's effort, and takes away what that has cost.
    mutating func minimize(_ effort: inout Effort) throws {
        let budgetBefore = min(budget, effort.reasonFacts)
        (budget, conflictsLeft, stepsLeft) = (budgetBefore, effort.reasonConflicts, effort.reasonSteps)
        guard mayGoOn else { return }
        try minimize()
        effort.spend(
            reasonConflicts: effort.reasonConflicts - conflictsLeft, steps: effort.reasonSteps - stepsLeft,
            facts: budgetBefore - budget)
    }

    /// Leaves out what is not needed, far from the workspace first: edges with all that they say, then givens, then single facts.
    ///
    /// An edge that is left is needed although the others say all that they do, not only what a derivation used of them.
    mutating func minimize() throws {
        var count = facts.count + 1
        while facts.count < count, mayGoOn {
            count = facts.count
            _ = try reduce(to: facts, givens)
        }
        try leaveOutEdges()
        try leaveOutGivens()
        try leaveOutFacts()
        isMinimal = mayGoOn && !isDoubtful
    }

    private var mayGoOn: Bool { budget > 0 && conflictsLeft > 0 && stepsLeft > 0 }

    private mutating func leaveOutEdges() throws {
        var whole = try wholeEdges()
        for edge in edgesFarFirst() {
            guard mayGoOn else { return }
            let others = Self.facts(whole, without: edge)
            guard others.count < whole.count else { continue }
            if try reduce(to: others, givens) { whole = try wholeEdges() }
        }
    }

    private mutating func leaveOutGivens() throws {
        var place = givens.count - 1
        while place >= 0, mayGoOn {
            _ = try reduce(to: try wholeEdges(), Self.without(place, givens))
            place = min(place, givens.count) - 1
        }
    }

    private mutating func leaveOutFacts() throws {
        var place = facts.count - 1
        while place >= 0, mayGoOn {
            _ = try reduce(to: Self.without(place, facts), givens)
            place = min(place, facts.count) - 1
        }
    }

    private static func facts(_ facts: [Fact], without edge: Edge) -> [Fact] {
        facts.filter { Self.edge(of: $0) != edge }
    }

    /// Takes over what contradicts itself among some facts and givens; false when they have a solution.
    private mutating func reduce(to facts: [Fact], _ givens: [Given]) throws -> Bool {
        budget -= facts.count + givens.count + 20
        let (outcome, conflicts, steps) = try solve(facts, givens)
        conflictsLeft -= min(conflicts, conflictsLeft)
        stepsLeft -= min(steps, stepsLeft)
        switch outcome {
        case .solution: return false
        case .gaveUp:
            isDoubtful = true
            return false
        case .contradiction(let usedFacts, let usedGivens):
            self.facts = usedFacts.map { facts[$0] }
            self.givens = usedGivens.map { givens[$0] }
            return true
        }
    }

    private static func without<Element>(_ place: Int, _ elements: [Element]) -> [Element] {
        var others = elements
        others.remove(at: place)
        return others
    }

    /// All that is known of the edges that the facts belong to.
    func wholeEdges() throws -> [Fact] {
        let edges = Set(facts.map(Self.edge))
        var found: [Fact] = []
        for package in Set(facts.map(\.package)).sorted(by: { catalogue.entries[$0].name < catalogue.entries[$1].name })
        {
            for id in catalogue.entries[package].facts where edges.contains(Self.edge(of: catalogue.facts[id])) {
                if catalogue.links[id].role != .excludes { _ = try catalogue.accepted(by: id) }
                found.append(catalogue.facts[id])
            }
        }
        return found
    }

    /// Whether some facts and givens have a solution; nil when that was not found out within the bound on work.
    func hasSolution(_ facts: [Fact], _ givens: [Given]) throws -> Bool? {
        switch try solve(facts, givens).outcome {
        case .solution: true
        case .contradiction: false
        case .gaveUp: nil
        }
    }

    /// The solution of some facts and givens, or what contradicts itself among them, numbered by their places.
    private func solve(
        _ facts: [Fact], _ givens: [Given]
    ) throws -> (outcome: SolverOutcome, conflicts: Int, steps: Int) {
        let small = Catalogue(facts, of: catalogue, and: givens.map(\.package))
        let mapped = givens.map {
            Given(
                package: small.number(of: catalogue.entries[$0.package].name), accepted: $0.accepted,
                mayBeAbsent: $0.mayBeAbsent, cause: $0.cause)
        }
        var solver = Solver(
            small, mapped, preferences: withdrawn(givens, in: small),
            limits: SolverLimits(conflicts: max(1, min(conflicts, conflictsLeft)), steps: max(1, stepsLeft)))
        let outcome = try solver.run()
        return (outcome, solver.conflicts, solver.steps)
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

    // Inlined into a filter's closure it crashes this compiler (6.3.1, CopyPropagation).
    @inline(never)
    static func edge(of fact: Fact) -> Edge {
        Edge(dependent: fact.package, target: fact.target, kind: fact.requirement?.kind)
    }

    /// The edges, those whose dependent is furthest from the workspace first, then by name.
    private func edgesFarFirst() -> [Edge] {
        let targets = Dictionary(grouping: facts, by: \.package).mapValues { $0.map(\.target) }
        var distance: [Catalogue.Package: Int] = [:]
        var open = givens.map(\.package)
        for package in open { distance[package] = 0 }
        var next = 0
        while next < open.count {
            let package = open[next]
            next += 1
            for target in targets[package] ?? [] where distance[target] == nil {
                distance[target] = distance[package, default: 0] + 1
                open.append(target)
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
