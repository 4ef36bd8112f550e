/// Answers a workspace's requests from a catalogue.
package struct Resolver {
    /// How often locks in the way are let go before all are: they are only preferred then, and most stay all the same.
    private static let unlockings = 16

    let catalogue: Catalogue
    let limits: SolverLimits

    package init(_ catalogue: Catalogue, limits: SolverLimits = SolverLimits()) {
        self.catalogue = catalogue
        self.limits = limits
    }

    /// Solves a request.
    ///
    /// First everything that is required, with the locked versions where they are or, if that cannot be, with a smallest set of
    /// them moved; then the optional requirements one by one. The same request over a new catalogue gives the
    /// same answer, whatever the order of its parts. Throws what the catalogue's source throws, and ``CandidateLimitError``.
    package func resolve(_ request: ResolutionRequest) throws -> ResolutionOutcome {
        var effort = Effort(limits)
        return try resolve(request, within: &effort)
    }

    /// Solves a request with what is left of an effort, which all of its solves share, and takes away what that has cost.
    package func resolve(_ request: ResolutionRequest, within effort: inout Effort) throws -> ResolutionOutcome {
        let roots = try givens(of: request)
        var locks = try locks(of: request)
        var moved: [Given] = []
        var chosen = Choices()
        var unlockings = 0
        solving: while true {
            switch try solve(roots + locks, preferring: locks + moved, &effort) {
            case .solution(let found):
                chosen = Choices(found, of: catalogue.entries.count)
                break solving
            case .gaveUp: return .gaveUp(bound(reachedBy: effort))
            case .contradiction(let facts, let used):
                var held = Set(used.filter { $0 >= roots.count }.map { $0 - roots.count })
                if held.isEmpty || request.update == .frozen {
                    let givens = used.map { $0 < roots.count ? roots[$0] : locks[$0 - roots.count] }
                    return .conflict(Contradiction(resolver: self, request: request, givens: givens, facts: facts))
                }
                unlockings += 1
                if unlockings == Self.unlockings { held = Set(locks.indices) }
                moved += held.sorted().map { locks[$0] }
                locks = locks.enumerated().filter { !held.contains($0.offset) }.map(\.element)
            }
        }
        let moves = try settle(moved, roots: roots, locks: &locks, &chosen, &effort)
        var dropped: [DroppedOptional] = []
        try addOptional(request, preferring: locks + moved, to: &chosen, &dropped, &effort)
        dropped.sort {
            if $0.requirement != $1.requirement { return $0.requirement < $1.requirement }
            guard let first = $0.dependent, let second = $1.dependent else { return $0.dependent == nil }
            return first < second
        }
        let packages = try resolved(request, chosen)
        return .resolved(Resolution(packages: packages, dropped: dropped, moves: moves))
    }

    /// Solves within what is left of a request's effort, and takes away what that has cost.
    func solve(
        _ givens: [Given], preferring preferred: [Given], _ effort: inout Effort
    ) throws -> SolverOutcome {
        let limits = SolverLimits(conflicts: effort.conflicts, steps: effort.steps, learned: limits.learned)
        return try solve(givens, preferring: preferred, limits, &effort)
    }

    /// Solves within bounds of its own, and takes away what that has cost.
    func solve(
        _ givens: [Given], preferring preferred: [Given], _ limits: SolverLimits, _ effort: inout Effort
    ) throws -> SolverOutcome {
        var solver = Solver(catalogue, givens, preferences: preferences(preferred), limits: limits)
        let outcome = try solver.run()
        effort.spend(conflicts: solver.conflicts, steps: solver.steps)
        solver.leaveStorage()
        return outcome
    }

    /// Solves beside what was chosen earlier; the givens of a contradiction are those that come back.
    func solve(
        _ givens: [Given], beside fixed: FixedChoices, _ preferences: [Catalogue.Package: Int],
        _ effort: inout Effort
    ) throws -> (outcome: SolverOutcome, givens: [Given]) {
        let limits = SolverLimits(conflicts: effort.conflicts, steps: effort.steps, learned: limits.learned)
        var solver = Solver(catalogue, givens, beside: fixed, preferences: preferences, limits: limits)
        let outcome = try solver.run()
        effort.spend(conflicts: solver.conflicts, steps: solver.steps)
        let told = solver.givens
        solver.leaveStorage()
        return (outcome, told)
    }

    /// The ordinal that each given wants tried first.
    func preferences(_ preferred: [Given]) -> [Catalogue.Package: Int] {
        var preferences: [Catalogue.Package: Int] = [:]
        for given in preferred { preferences[given.package] = given.accepted.highest }
        return preferences
    }

    /// Which bound a solve has come to that gave up.
    func bound(reachedBy effort: Effort) -> SolverBound {
        effort.isSpent ? .steps(limits.steps) : .conflicts(limits.conflicts)
    }

    /// What the workspace itself requires, optional requirements aside.
    func givens(of request: ResolutionRequest) throws -> [Given] {
        let roots = request.requirements.sorted().filter { $0.requirement.kind != .optional }
        catalogue.prefetch(roots.map { catalogue.number(of: $0.requirement.package) })
        return try roots.map { root in
            let package = catalogue.number(of: root.requirement.package)
            return Given(
                package: package, accepted: root.requirement.candidates(in: try catalogue.list(of: package)),
                mayBeAbsent: root.requirement.kind == .optionalPeer, cause: .root(root))
        }
    }

    /// The locked versions that are to stay, by name. One that is no longer offered counts for nothing.
    func locks(of request: ResolutionRequest) throws -> [Given] {
        var locks: [Given] = []
        for (name, candidate) in request.locked.sorted(by: { $0.key < $1.key }) {
            switch request.update {
            case .everything: continue
            case .packages(let names) where names.contains(name): continue
            case .packages, .nothing, .frozen: break
            }
            let package = catalogue.number(of: name)
            let list = try catalogue.list(of: package)
            guard let ordinal = list.ordinal(of: candidate) else { continue }
            var accepted = CandidateSet(capacity: list.count)
            accepted.insert(ordinal)
            locks.append(Given(package: package, accepted: accepted, mayBeAbsent: true, cause: .locked))
        }
        return locks
    }
}
