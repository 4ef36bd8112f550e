extension Resolver {
    /// An optional requirement that was not looked at yet.
    private struct Wish {
        let dependent: PackageName?
        let requirement: PackageRequirement

        static func precedes(_ left: Wish, _ right: Wish) -> Bool {
            if left.requirement != right.requirement { return left.requirement < right.requirement }
            guard let first = left.dependent, let second = right.dependent else { return left.dependent == nil }
            return first < second
        }
    }

    /// Adds what is only wished for, one by one by name, as long as nothing that was chosen has to move.
    func addOptional(
        _ request: ResolutionRequest, preferring preferred: [Given], to chosen: inout Choices,
        _ dropped: inout [DroppedOptional], _ effort: inout Effort
    ) throws {
        var wishes = request.requirements.map(\.requirement).filter { $0.kind == .optional }
            .map { Wish(dependent: nil, requirement: $0) }
        wishes += wished(by: chosen.packages, in: chosen)
        wishes.sort(by: Wish.precedes)
        while !wishes.isEmpty {
            let wish = wishes.removeFirst()
            let target = catalogue.number(of: wish.requirement.package)
            let list = try catalogue.list(of: target)
            let accepted = wish.requirement.candidates(in: list)
            let name = wish.requirement.package
            if let present = chosen[target] {
                if !accepted.contains(present) {
                    let reason = "\(name) \(list[present].version) is chosen"
                    dropped.append(
                        DroppedOptional(dependent: wish.dependent, requirement: wish.requirement, reason: reason))
                }
                continue
            }
            var givens: [Given] = []
            for package in chosen.packages {
                guard let ordinal = chosen[package] else { continue }
                var only = CandidateSet(capacity: try catalogue.list(of: package).count)
                only.insert(ordinal)
                givens.append(Given(package: package, accepted: only, mayBeAbsent: false, cause: .chosen))
            }
            givens.append(
                Given(
                    package: target, accepted: accepted, mayBeAbsent: false,
                    cause: .root(RootRequirement(wish.requirement))))
            switch try solve(givens, preferring: preferred, &effort) {
            case .solution(let found):
                let added = found.packages.filter { chosen[$0] == nil }
                chosen = found
                wishes += wished(by: added, in: found)
                wishes.sort(by: Wish.precedes)
            case .gaveUp:
                dropped.append(
                    DroppedOptional(
                        dependent: wish.dependent, requirement: wish.requirement,
                        reason: "no answer after \(limits.conflicts) conflicts"))
            case .contradiction(let facts, let used):
                var core = Core(catalogue, facts: facts, givens: used.map { givens[$0] })
                try core.minimize(&effort)
                dropped.append(
                    DroppedOptional(
                        dependent: wish.dependent, requirement: wish.requirement, reason: core.shortReason(for: target))
                )
            }
        }
    }

    private func wished(by packages: some Sequence<Catalogue.Package>, in chosen: Choices) -> [Wish] {
        var wishes: [Wish] = []
        let links = catalogue.links
        for package in packages {
            guard let ordinal = chosen[package] else { continue }
            for id in catalogue.entries[package].facts
            where links[id].role == .wishes && catalogue.selects(id, ordinal) {
                guard let requirement = catalogue.facts[id].requirement else { continue }
                wishes.append(Wish(dependent: catalogue.entries[package].name, requirement: requirement))
            }
        }
        return wishes
    }
}
