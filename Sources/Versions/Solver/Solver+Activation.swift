extension Solver {
    /// The number in this solve of a package of the catalogue.
    mutating func number(of name: Catalogue.Package) throws -> Int {
        while numbers.count < catalogue.entries.count { numbers.append(-1) }
        if numbers[name] >= 0 { return Int(numbers[name]) }
        let list = try catalogue.list(of: name)
        let number = names.count
        let words = CandidateSet.words(for: list.count)
        numbers[name] = Int32(number)
        names.append(name)
        width.append(UInt32(words))
        offset.append(UInt32(domains.count))
        none.append(1 << UInt64(list.count & 63))
        releases.append(list.releases)
        active.append(CandidateSet(capacity: list.count))
        activity.append(0)
        last.append(-1)
        isQueued.append(false)
        isFresh.append(false)
        conflict.places.append(-1)
        occurrences.addPackage()
        watches.addPackage()
        var domain = list.offered
        if let wanted = preferences[name] {
            // What is locked may be kept although it was withdrawn.
            domain.insert(wanted)
            preferred.append(Int32(wanted))
        } else {
            preferred.append(-1)
        }
        for index in 0..<words { domains.append(domain[word: index]) }
        domains[domains.count - 1] |= none[number]
        return number
    }

    /// Takes in what the solve was told; gives the nogood that is violated, if any.
    mutating func addGivens() throws -> Reason? {
        for (index, given) in givens.enumerated() {
            let package = try number(of: given.package)
            append(complement(of: given.accepted, in: package, withNone: !given.mayBeAbsent), of: package)
            let nogood = permanent.finish(Origin(.given, index))
            let term = permanent.terms[permanent.range(of: nogood).lowerBound]
            if let conflict = exclude(term.bits, from: package, .permanent(nogood)) { return conflict }
        }
        return nil
    }

    /// Brings in the facts of a needed package for the candidates that are left; gives the nogood that is violated, if any.
    mutating func activate(_ package: Int) throws -> Reason? {
        let left = candidates(of: package)
        guard !left.isSubset(of: active[package]) else { return nil }
        let name = names[package]
        let isWhole = catalogue.readsWholePackages
        guard isWhole || isSettled(package) else { return nil }
        let before = catalogue.facts.count
        try catalogue.read(isWhole ? CandidateSet(allOf: try catalogue.list(of: name).count) : left, of: name)
        let fresh = left.subtracting(active[package])
        var found: [Fact.ID] = []
        for id in catalogue.entries[name].facts {
            let fact = catalogue.facts[id]
            guard fact.requirement?.kind != .optional, !fact.selector.intersection(fresh).isEmpty else { continue }
            // Otherwise the fact is there already, unless reading has just widened it.
            if id >= before || fact.selector.intersection(active[package]).isEmpty { found.append(id) }
        }
        active[package].formUnion(left)
        catalogue.prefetch(found.map { catalogue.facts[$0].target })
        // All are added, also after a conflict: they count as active from now on.
        var conflict: Reason?
        for id in found {
            let violated = try add(id, of: package)
            conflict = conflict ?? violated
        }
        return conflict
    }

    /// Adds the nogood of a fact and concludes what it says now.
    private mutating func add(_ id: Fact.ID, of package: Int) throws -> Reason? {
        let fact = catalogue.facts[id]
        guard let requirement = fact.requirement else { return exclude(fact.selector, of: package, id) }
        let accepted = try catalogue.accepted(by: id)
        let target = try number(of: fact.target)
        guard target != package else { return exclude(fact.selector.subtracting(accepted), of: package, id) }
        let refused = complement(of: accepted, in: target, withNone: requirement.kind != .optionalPeer)
        if refused.isEmpty { return nil }
        append(fact.selector, of: package)
        append(refused, of: target)
        let nogood = permanent.finish(Origin(.fact, id))
        link(nogood)
        let first = permanent.range(of: nogood).lowerBound
        let (own, other) = (permanent.terms[first], permanent.terms[first + 1])
        if isWithin(target, other.bits, .permanent) {
            return exclude(own.bits, from: package, .permanent(nogood))
        }
        return nil
    }

    /// Rules out candidates for good, also when this became known after a decision.
    private mutating func exclude(_ set: CandidateSet, of package: Int, _ id: Fact.ID) -> Reason? {
        if set.isEmpty { return nil }
        append(set, of: package)
        let nogood = permanent.finish(Origin(.fact, id))
        if !levels.isEmpty { unary.append(nogood) }
        return exclude(
            permanent.terms[permanent.range(of: nogood).lowerBound].bits, from: package, .permanent(nogood))
    }

    private mutating func append(_ set: CandidateSet, of package: Int) {
        if width[package] == 1 {
            permanent.append(package, inline: set.first)
        } else {
            permanent.append(package, words: CollectionOfOne(set.first) + set.rest)
        }
    }
}
