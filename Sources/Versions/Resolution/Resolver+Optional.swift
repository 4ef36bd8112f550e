extension Resolver {
    /// An optional requirement that was not looked at yet.
    private struct Wish: Comparable {
        let dependent: PackageName?
        let requirement: PackageRequirement

        static func < (left: Wish, right: Wish) -> Bool {
            if left.requirement != right.requirement { return left.requirement < right.requirement }
            guard let first = left.dependent, let second = right.dependent else { return left.dependent == nil }
            return first < second
        }
    }

    /// Adds what is only wished for, one by one by name, as long as nothing that was chosen has to move.
    ///
    /// Each is solved beside what was chosen, so that it costs no more than what comes with it.
    func addOptional(
        _ request: ResolutionRequest, preferring preferred: [Given], to chosen: inout Choices,
        _ dropped: inout [DroppedOptional], _ effort: inout Effort
    ) throws {
        var wishes = PriorityQueue<Wish>()
        for requirement in request.requirements.map(\.requirement) where requirement.kind == .optional {
            wishes.insert(Wish(dependent: nil, requirement: requirement))
        }
        for wish in wished(by: chosen.packages, in: chosen) { wishes.insert(wish) }
        guard wishes.count > 0 else { return }
        var fixed = FixedChoices(chosen, in: catalogue)
        let preferences = preferences(preferred)
        while let wish = wishes.removeFirst() {
            let target = catalogue.number(of: wish.requirement.package)
            let list = try catalogue.list(of: target)
            let accepted = wish.requirement.candidates(in: list)
            let name = wish.requirement.package
            func drop(_ reason: String) {
                dropped.append(
                    DroppedOptional(dependent: wish.dependent, requirement: wish.requirement, reason: reason))
            }
            if let present = fixed[target] {
                if !accepted.contains(present) { drop("\(name) \(list[present].version) is chosen") }
                continue
            }
            let given = Given(
                package: target, accepted: accepted, mayBeAbsent: false,
                cause: .root(RootRequirement(wish.requirement)))
            let (outcome, givens) = try solve([given], beside: fixed, preferences, &effort)
            switch outcome {
            case .solution(let found):
                let added = fixed.add(found, in: catalogue)
                for wish in wished(by: added, in: fixed.chosen) { wishes.insert(wish) }
            case .gaveUp: drop("no answer after \(bound(reachedBy: effort))")
            case .contradiction(let facts, let used):
                var core = Core(catalogue, facts: facts, givens: used.map { givens[$0] })
                try core.minimize(&effort)
                drop(core.shortReason(for: target))
            }
        }
        chosen = fixed.chosen
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
