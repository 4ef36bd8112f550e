extension Resolver {
    func explain(_ contradiction: Contradiction) throws -> Conflict {
        var core = Core(catalogue, facts: contradiction.facts, givens: contradiction.givens)
        var effort = Effort(limits)
        try core.minimize(&effort)
        let facts = core.conflictFacts()
        let proof = Proof(core)
        let repairs = try repairs(of: contradiction, core, &effort)
        let denials = try denials(of: core, &effort)
        let steps = (proof.steps ?? []).map { step in
            let list = catalogue.entries[step.package].list ?? CandidateList([])
            let left = VersionRuns(step.left, of: list)
            let name = catalogue.entries[step.package].name
            var text = proof.sentence(step.sources, speakers: step.speakers)
            let emptiness = step.sources.compactMap { facts[$0].emptiness }.first
            if let emptiness {
                text += ", but \(emptiness)"
            } else if left.count == 0 {
                text += ", which leaves no \(name)"
            } else if !left.isAll {
                text += ", which leaves \(name) \(left)"
            }
            return ConflictStep(facts: step.sources, package: name, left: left, text: text)
        }
        let isShort = steps.count <= proof.edgeCount + proof.edgeCount / 2 - 1 || steps.count <= proof.edgeCount
        let lines = report(
            proof, steps: isShort ? steps : [], repairs: repairs, denials: denials, isMinimal: core.isMinimal)
        return Conflict(
            facts: facts, isMinimal: core.isMinimal, steps: isShort ? steps : [], repairs: repairs, denials: denials,
            lines: lines)
    }

    /// At most one and a half lines for each edge, and three.
    private func report(
        _ proof: Proof, steps: [ConflictStep], repairs: [Repair], denials: [Denial], isMinimal: Bool
    ) -> [String] {
        var lines = ["no versions fit together" + (isMinimal ? "" : " (the reasons may not be the shortest)")]
        lines += steps.isEmpty ? proof.sentences : steps.map(\.text)
        let room = max(1, proof.edgeCount * 3 / 2 + 3 - lines.count)
        var ends = denials.map {
            "denied: \($0.requirement.package) may only come from \($0.requirement.source ?? "there"), "
                + "although \($0.offeredBy.joined(separator: ", ")) has it"
        }
        ends += repairs.map { "try: \($0)" }
        return lines + ends.prefix(min(3, room))
    }

    /// Changes of what the workspace says that make the request solvable, each tried by itself.
    private func repairs(of contradiction: Contradiction, _ core: Core, _ effort: inout Effort) throws -> [Repair] {
        let request = contradiction.request
        var found: [Repair] = []
        for given in core.givens {
            if effort.isSpent { break }
            let name = catalogue.entries[given.package].name
            var changes: [(Repair.Change, ResolutionRequest)] = []
            if case .root(let root) = given.cause {
                let requirement = root.requirement
                let wider = requirement.admittingPrereleases
                if let wider, wider.candidates(in: try catalogue.list(of: given.package)) != given.accepted {
                    changes.append((.admitPrereleases(requirement), request.replacing(root, with: wider)))
                }
                let any = PackageRequirement(
                    requirement.package, .any, kind: requirement.kind, source: requirement.source)
                changes.append((.relax(requirement), request.replacing(root, with: any)))
            } else if given.isLock {
                var changed = request
                changed.locked[name] = nil
                changes.append((.unlock(name), changed))
            }
            for (change, changed) in changes {
                let locks = request.update == .frozen ? try locks(of: changed) : []
                let tried = SolverLimits(conflicts: min(effort.conflicts, 2_000), steps: effort.steps)
                let givens = try givens(of: changed) + locks
                guard case .solution(let chosen) = try solve(givens, preferring: locks, tried, &effort) else {
                    continue
                }
                let choice = chosen.first { $0.package == given.package }
                let version = try choice.map { try catalogue.list(of: given.package)[$0.ordinal].version }
                found.append(Repair(change: change, version: version))
            }
        }
        return found
    }

    /// Requirements of a core that another source could answer: without their pins the core has a solution.
    private func denials(of core: Core, _ effort: inout Effort) throws -> [Denial] {
        var found: [Denial] = []
        let size = core.givens.count + core.facts.count + 20
        for (index, given) in core.givens.enumerated() {
            guard case .root(let root) = given.cause, let denial = try denial(root.requirement, by: nil) else {
                continue
            }
            var givens = core.givens
            givens[index] = Given(
                package: given.package, accepted: denial.accepted, mayBeAbsent: given.mayBeAbsent, cause: given.cause)
            guard effort.reasonFacts > 0 else { break }
            effort.spend(reasonConflicts: 0, steps: 0, facts: size)
            if try core.hasSolution(core.facts, givens) == true { found.append(denial.denial) }
        }
        for (index, fact) in core.facts.enumerated() {
            guard let requirement = fact.requirement,
                let denial = try denial(requirement, by: catalogue.entries[fact.package].name)
            else { continue }
            guard effort.reasonFacts > 0 else { break }
            effort.spend(reasonConflicts: 0, steps: 0, facts: size)
            var facts = core.facts
            facts[index].accepted = denial.accepted
            if try core.hasSolution(facts, core.givens) == true { found.append(denial.denial) }
        }
        return found
    }

    private func denial(
        _ requirement: PackageRequirement, by dependent: PackageName?
    ) throws -> (denial: Denial, accepted: CandidateSet)? {
        guard let source = requirement.source else { return nil }
        let list = try catalogue.list(of: catalogue.number(of: requirement.package))
        let free = PackageRequirement(requirement.package, requirement.accepted, kind: requirement.kind)
        let others = requirement.offers(in: list).filter { $0 != source }
        guard !others.isEmpty else { return nil }
        let denial = Denial(dependent: dependent, requirement: requirement, offeredBy: others)
        return (denial, free.candidates(in: list))
    }
}

extension ResolutionRequest {
    /// The request with another requirement in the place of one.
    fileprivate func replacing(_ root: RootRequirement, with requirement: PackageRequirement) -> ResolutionRequest {
        var changed = self
        changed.requirements = requirements.map {
            $0 == root ? RootRequirement(requirement, place: root.place) : $0
        }
        return changed
    }
}
