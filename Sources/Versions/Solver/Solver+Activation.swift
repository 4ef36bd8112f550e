extension Solver {
    /// The number in this solve of a package of the catalogue.
    mutating func number(of name: Catalogue.Package) throws -> Int {
        if name < numbers.count, numbers[name] >= 0 { return Int(numbers[name]) }
        while numbers.count < catalogue.entries.count { numbers.append(-1) }
        let list = try catalogue.list(of: name)
        let number = packages.count
        let words = CandidateSet.words(for: list.count)
        let wanted = preferences[name]
        numbers[name] = Int32(number)
        packages.append(
            PackageState(
                name: Int32(name), width: Int32(words), offset: Int32(domains.count), preferred: Int32(wanted ?? -1),
                none: 1 << UInt64(list.count & 63)))
        conflict.places.append(-1)
        occurrences.addPackage()
        watches.addPackage()
        var domain = list.offered
        // What is locked may be kept although it was withdrawn.
        if let wanted { domain.insert(wanted) }
        if let chosen = fixed?[name] { domain.insert(chosen) }
        for index in 0..<words {
            domains.append(domain[word: index])
            releases.append(list.releases[word: index])
            active.append(0)
        }
        domains[domains.count - 1] |= packages[number].none
        if let fixed { try fix(number, name, of: list, fixed) }
        return number
    }

    /// Takes in what is fixed of a package that was just numbered: its version, or what others that are fixed say of it.
    ///
    /// What a version that is fixed needs is fixed, too, so its facts are not looked at. Nothing can be violated yet.
    private mutating func fix(
        _ package: Int, _ name: Catalogue.Package, of list: CandidateList, _ fixed: FixedChoices
    ) throws {
        guard let ordinal = fixed[name] else {
            for id in fixed.constraints(on: name) {
                _ = try add(
                    IncomingFact(id: id, link: catalogue.links[id]), of: number(of: catalogue.facts[id].package))
            }
            return
        }
        packages[package].isWhollyActive = true
        var only = CandidateSet(capacity: list.count)
        only.insert(ordinal)
        let given = Given(package: name, accepted: only, mayBeAbsent: false, cause: .chosen)
        _ = exclude(given, add(given), from: package)
    }

    /// Takes in what the solve was told; gives the nogood that is violated, if any.
    mutating func addGivens() throws -> Reason? {
        // What is come across meanwhile is taken in there.
        for (index, given) in givens.enumerated() {
            if let conflict = exclude(given, index, from: try number(of: given.package)) { return conflict }
        }
        return nil
    }

    /// Rules out for good what a given does not take.
    private mutating func exclude(_ given: Given, _ index: Int, from package: Int) -> Reason? {
        steps &+= 1
        append(complement(of: given.accepted, in: package, withNone: !given.mayBeAbsent), of: package)
        let nogood = permanent.finish(Origin(.given, index))
        if !levels.isEmpty { unary.append(nogood) }
        let term = permanent.terms[permanent.range(of: nogood).lowerBound]
        return exclude(term.bits, from: package, .permanent(nogood))
    }

    /// Brings in the facts of a needed package for the candidates that are left; gives the nogood that is violated, if any.
    mutating func activate(_ package: Int) throws -> Reason? {
        if packages[package].isWhollyActive { return nil }
        let (start, words) = (Int(packages[package].offset), Int(packages[package].width))
        let name = Int(packages[package].name)
        var hasNew = false
        for index in start..<start + words where domains[index] & ~active[index] != 0 { hasNew = true }
        let isWhole = catalogue.readsWholePackages
        guard hasNew else { return nil }
        guard isWhole || isSettled(package) else {
            // So that the manifests of all that is needed are on their way before the first is waited for.
            if packages[package].tries == 0 { announce(package, best(of: package)) }
            return nil
        }
        let before = catalogue.facts.count
        if !catalogue.entries[name].isWhollyRead {
            let count = try catalogue.list(of: name).count
            try catalogue.read(isWhole ? CandidateSet(allOf: count) : candidates(of: package), of: name)
        }
        try gather(package, name, from: before)
        for index in start..<start + words { active[index] |= domains[index] }
        packages[package].isWhollyActive =
            active[start + words - 1] == packages[package].none - 1
            && active[start..<start + words - 1].allSatisfy { $0 == .max }
        // All are added, also after a conflict: they count as active from now on.
        var conflict: Reason?
        for place in incoming.indices {
            let violated = try add(incoming[place], of: package)
            conflict = conflict ?? violated
        }
        return conflict
    }

    /// Finds the facts for candidates that were not active yet, and looks up what they accept.
    private mutating func gather(_ package: Int, _ name: Catalogue.Package, from before: Int) throws {
        let (start, words) = (Int(packages[package].offset), Int(packages[package].width))
        let (facts, links) = (catalogue.entries[name].facts, catalogue.links)
        incoming.removeAll(keepingCapacity: true)
        var isComplete = true
        for id in facts {
            let link = links[id]
            guard link.role != .wishes else { continue }
            var (isNew, isKnown) = (false, false)
            for index in 0..<words {
                let selector = words == 1 ? link.selector : catalogue.facts[id].selector[word: index]
                let (left, known) = (domains[start + index], active[start + index])
                if selector & left & ~known != 0 { isNew = true }
                if selector & known != 0 { isKnown = true }
            }
            // A fact of active candidates is there already, unless reading has just widened it.
            guard isNew, !isKnown || id >= before else { continue }
            incoming.append(IncomingFact(id: id, link: link))
            isComplete = isComplete && (link.isEvaluated || link.role == .excludes)
        }
        if isComplete { return }
        catalogue.prefetch(incoming.map { Int($0.link.target) })
    }

    /// Adds the nogood of a fact and concludes what it says now.
    private mutating func add(_ fact: IncomingFact, of package: Int) throws -> Reason? {
        let id = fact.id
        var link = fact.link
        if link.role == .excludes { return exclude(catalogue.facts[id].selector, of: package, id) }
        if !link.isEvaluated {
            _ = try catalogue.accepted(by: id)
            link = catalogue.links[id]
        }
        let target = try number(of: Int(link.target))
        guard target != package else {
            let accepted = try catalogue.accepted(by: id)
            return exclude(catalogue.facts[id].selector.subtracting(accepted), of: package, id)
        }
        if packages[package].width == 1 {
            permanent.append(package, inline: link.selector)
        } else {
            append(catalogue.facts[id].selector, of: package)
        }
        if packages[target].width == 1 {
            let none = packages[target].none
            permanent.append(target, inline: ~link.accepted & (none - 1 | (link.role == .needs ? none : 0)))
        } else {
            let accepted = try catalogue.accepted(by: id)
            append(complement(of: accepted, in: target, withNone: link.role == .needs), of: target)
        }
        let nogood = permanent.finish(Origin(.fact, id))
        self.link(nogood)
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
        if packages[package].width == 1 {
            permanent.append(package, inline: set.first)
        } else {
            permanent.append(package, words: CollectionOfOne(set.first) + set.rest)
        }
    }
}
