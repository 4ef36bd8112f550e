extension Solver {
    /// Resolves a violated nogood, jumps back, and draws the first conclusion from what was learned.
    ///
    /// Gives nil when the nogood holds before any decision: there is no solution, and `conflict.parents` says why. Otherwise the
    /// nogood that is violated next, if the conclusion leaves nothing.
    mutating func learn(from reason: Reason) -> Reason?? {
        conflict.removeAll()
        merge(reason, except: nil)
        while true {
            guard !conflict.items.isEmpty else { return nil }
            steps &+= conflict.items.count
            // The latest satisfier and the one before it.
            var (latest, second) = (0, Int32(-1))
            for place in 1..<max(1, conflict.items.count) {
                if conflict.items[place].satisfier > conflict.items[latest].satisfier {
                    second = conflict.items[latest].satisfier
                    latest = place
                } else {
                    second = max(second, conflict.items[place].satisfier)
                }
            }
            let entry = trail[Int(conflict.items[latest].satisfier)]
            let level = second < 0 ? 0 : trail[Int(second)].level
            if entry.reason == .decision || level < entry.level { return conclude(latest, level: Int(level)) }
            merge(entry.reason, except: latest)
        }
    }

    /// Resolves the conflict with a nogood on the package of one of its terms, or starts with it.
    private mutating func merge(_ reason: Reason, except latest: Int?) {
        let home: SetHome = reason.isLearned ? .learned : .permanent
        let range: Range<Int>
        let resolved = latest.map { conflict.items[$0].package }
        if reason.isLearned {
            range = learned.range(of: reason.nogood)
            conflict.parents.append(learned.origins[reason.nogood])
            lastUse[reason.nogood] = UInt32(conflicts)
        } else {
            range = permanent.range(of: reason.nogood)
            conflict.parents.append(permanent.origins[reason.nogood])
        }
        for place in range {
            let term = reason.isLearned ? learned.terms[place] : permanent.terms[place]
            if let latest, term.package == resolved {
                widen(latest, with: term, home)
            } else {
                narrow(with: term, home)
            }
        }
        // Last, because it may move another item into its place.
        if let latest, conflict.items[latest].satisfier < 0 { conflict.remove(at: latest) }
    }

    /// Unites the term of the resolved package with that of its reason, and finds what made the union hold.
    private mutating func widen(_ place: Int, with term: Term, _ home: SetHome) {
        let package = Int(term.package)
        if packages[package].width == 1 {
            conflict.items[place].bits |= term.bits
        } else {
            let base = Int(conflict.items[place].bits)
            for index in 0..<Int(packages[package].width) {
                conflict.sets[base + index] |= word(Int(term.bits) + index, home)
            }
        }
        let entry = trail[Int(conflict.items[place].satisfier)]
        conflict.items[place].satisfier = heldSince(
            satisfier(package, conflict.items[place].bits, .conflict, from: entry.previous))
    }

    /// Adds a term, or intersects the one that the package has already.
    private mutating func narrow(with term: Term, _ home: SetHome) {
        let package = Int(term.package)
        let held = heldSince(satisfier(package, term.bits, home, from: packages[package].last))
        guard held >= 0 else { return }
        let known = Int(conflict.places[package])
        if known < 0 {
            packages[package].activity &+= 1
            if packages[package].activity >= Self.fewConflicts { unsettled.append(term.package) }
            var bits = term.bits
            if packages[package].width > 1 {
                bits = UInt64(conflict.sets.count)
                for index in 0..<Int(packages[package].width) {
                    conflict.sets.append(word(Int(term.bits) + index, home))
                }
            }
            conflict.append(ConflictTerms.Item(package: term.package, bits: bits, satisfier: held))
            return
        }
        if packages[package].width == 1 {
            conflict.items[known].bits &= term.bits
        } else {
            let base = Int(conflict.items[known].bits)
            for index in 0..<Int(packages[package].width) {
                conflict.sets[base + index] &= word(Int(term.bits) + index, home)
            }
        }
        conflict.items[known].satisfier = max(conflict.items[known].satisfier, held)
    }

    /// The satisfier again, or -1 for one that no decision led to: such a term always holds and is left out.
    private mutating func heldSince(_ entry: Int32) -> Int32 {
        guard entry >= 0, trail[Int(entry)].level == 0 else { return entry }
        conflict.parents.append(Origin(.entry, Int(entry)))
        return -1
    }

    /// Stores what was learned, jumps back to a level, and concludes for the package of one of the terms.
    private mutating func conclude(_ latest: Int, level: Int) -> Reason? {
        let asserting = conflict.items[latest]
        let origin = Origin(.derivation, derivations.append(conflict.parents))
        backjump(to: level)
        let isShort = conflict.items.count <= 2
        // The two terms that are watched come first: the concluding one and the one that held last.
        conflict.items.swapAt(0, latest)
        if conflict.items.count > 2, let place = (1..<conflict.items.count).max(by: { held($0) < held($1) }) {
            conflict.items.swapAt(1, place)
        }
        for item in conflict.items {
            let package = Int(item.package)
            conflict.places[package] = -1
            if packages[package].width == 1 {
                if isShort {
                    permanent.append(package, inline: item.bits)
                } else {
                    learned.append(package, inline: item.bits)
                }
            } else {
                let words = conflict.sets[Int(item.bits)..<Int(item.bits) + Int(packages[package].width)]
                if isShort { permanent.append(package, words: words) } else { learned.append(package, words: words) }
            }
        }
        conflict.items.removeAll(keepingCapacity: true)
        conflictsSinceRestart += 1
        if isShort {
            let nogood = permanent.finish(origin)
            let terms = permanent.range(of: nogood)
            if terms.count == 2 { link(nogood) }
            return exclude(
                permanent.terms[terms.lowerBound].bits, from: Int(asserting.package), .permanent(nogood))
                ?? excludeUnary()
        }
        let nogood = learned.finish(origin)
        lastUse.append(UInt32(conflicts))
        let first = learned.range(of: nogood).lowerBound
        watches.append(UInt32(nogood), to: Int(learned.terms[first].package))
        watches.append(UInt32(nogood), to: Int(learned.terms[first + 1].package))
        return exclude(learned.terms[first].bits, from: Int(asserting.package), .learned(nogood)) ?? excludeUnary()
    }

    private func held(_ place: Int) -> Int32 { conflict.items[place].satisfier }

    /// Enters a nogood of two terms into the lists of its packages.
    mutating func link(_ nogood: Int) {
        let first = permanent.range(of: nogood).lowerBound
        let (left, right) = (permanent.terms[first], permanent.terms[first + 1])
        occurrences.append(
            Occurrence(own: left.bits, others: right.bits, other: right.package, nogood: UInt32(nogood)),
            to: Int(left.package))
        occurrences.append(
            Occurrence(own: right.bits, others: left.bits, other: left.package, nogood: UInt32(nogood)),
            to: Int(right.package))
    }

    /// Concludes again from the nogoods of one term that were found after a decision.
    mutating func excludeUnary() -> Reason? {
        for nogood in unary {
            let term = permanent.terms[permanent.range(of: nogood).lowerBound]
            if let conflict = exclude(term.bits, from: Int(term.package), .permanent(nogood)) { return conflict }
        }
        return nil
    }

    /// Undoes all that was concluded above a level.
    mutating func backjump(to level: Int) {
        guard level < levels.count else { return }
        let start = levels[level]
        while trail.count > start.trail {
            let entry = trail.removeLast()
            let package = Int(entry.package)
            packages[package].last = entry.previous
            // What was decided was taken out; what was not looked at since has not lost its place.
            if trail.count < trailSeen || entry.reason == .decision { unsettled.append(entry.package) }
            if packages[package].width == 1 {
                domains[Int(packages[package].offset)] = entry.old
            } else {
                for index in 0..<Int(packages[package].width) {
                    domains[Int(packages[package].offset) + index] = olds[Int(entry.old) + index]
                }
            }
        }
        trailSeen = min(trailSeen, trail.count)
        olds.removeLast(olds.count - start.olds)
        required.removeLast(required.count - start.required)
        levels.removeLast(levels.count - level)
    }
}
