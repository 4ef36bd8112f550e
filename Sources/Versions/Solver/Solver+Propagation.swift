extension Solver {
    /// Takes a set out of a package's domain; the reason comes back when nothing would be left.
    @inline(__always)
    mutating func exclude(
        _ bits: UInt64, from package: Int, _ reason: Reason
    ) -> Reason? {
        let start = Int(packages[package].offset)
        if packages[package].width == 1 {
            let old = domains[start]
            let new = old & ~bits
            if new == old { return nil }
            if new == 0 { return reason }
            record(package, old, reason)
            domains[start] = new
            if old & packages[package].none != 0, new & packages[package].none == 0 { noteRequired(package) }
            return nil
        }
        return excludeWords(at: Int(bits), from: package, reason)
    }

    private mutating func excludeWords(at base: Int, from package: Int, _ reason: Reason) -> Reason? {
        let home: SetHome = reason.isLearned ? .learned : .permanent
        let (start, words) = (Int(packages[package].offset), Int(packages[package].width))
        var (isChanged, isEmpty) = (false, true)
        for index in 0..<words {
            let old = domains[start + index]
            if old & word(base + index, home) != 0 { isChanged = true }
            if old & ~word(base + index, home) != 0 { isEmpty = false }
        }
        if !isChanged { return nil }
        if isEmpty { return reason }
        let wasRequired = isRequired(package)
        let old = olds.count
        for index in 0..<words {
            olds.append(domains[start + index])
            domains[start + index] &= ~word(base + index, home)
        }
        record(package, UInt64(old), reason)
        if !wasRequired, isRequired(package) { noteRequired(package) }
        return nil
    }

    private mutating func noteRequired(_ package: Int) {
        required.append(UInt32(package))
        packages[package].isFresh = true
    }

    mutating func record(_ package: Int, _ old: UInt64, _ reason: Reason) {
        trail.append(
            TrailEntry(
                package: UInt32(package), level: UInt32(levels.count), reason: reason, previous: packages[package].last,
                old: old
            ))
        packages[package].last = Int32(trail.count - 1)
        if !packages[package].isQueued {
            packages[package].isQueued = true
            queue.append(UInt32(package))
        }
    }

    mutating func clearQueue() {
        for index in queueHead..<queue.count { packages[Int(queue[index])].isQueued = false }
        queue.removeAll(keepingCapacity: true)
        queueHead = 0
    }

    /// Draws all conclusions; gives the nogood that is violated, or nil.
    mutating func propagate() throws -> Reason? {
        while queueHead < queue.count {
            let package = Int(queue[queueHead])
            queueHead += 1
            packages[package].isQueued = false
            steps &+= 1 + occurrences.count(of: package) + watches.count(of: package)
            // What is left in the queue is of no use to a solve that gives up.
            if steps >= limits.steps { return nil }
            if isRequired(package), let conflict = try activate(package) { return conflict }
            if let conflict = propagatePairs(package) { return conflict }
            if watches.count(of: package) > 0, let conflict = propagateWatches(package) { return conflict }
        }
        queue.removeAll(keepingCapacity: true)
        queueHead = 0
        return nil
    }

    private mutating func propagatePairs(_ package: Int) -> Reason? {
        let start = occurrences.start(of: package)
        let end = start + occurrences.count(of: package)
        let isFresh = packages[package].isFresh && isRequired(package)
        packages[package].isFresh = false
        if packages[package].width == 1 {
            // The domain may shrink meanwhile, but then the package is in the queue again.
            let domain = domains[Int(packages[package].offset)]
            for place in start..<end where domain & ~occurrences[place].own == 0 {
                let item = occurrences[place]
                let reason = Reason.permanent(Int(item.nogood))
                if let conflict = exclude(item.others, from: Int(item.other), reason) { return conflict }
            }
        } else {
            for place in start..<end where isWithin(package, occurrences[place].own, .permanent) {
                let item = occurrences[place]
                let reason = Reason.permanent(Int(item.nogood))
                if let conflict = exclude(item.others, from: Int(item.other), reason) { return conflict }
            }
        }
        guard isFresh else { return nil }
        for place in start..<end {
            let item = occurrences[place]
            guard isWithin(Int(item.other), item.others, .permanent) else { continue }
            let reason = Reason.permanent(Int(item.nogood))
            if let conflict = exclude(item.own, from: package, reason) { return conflict }
        }
        return nil
    }

    private mutating func propagateWatches(_ package: Int) -> Reason? {
        let count = watches.count(of: package)
        var (read, kept) = (0, 0)
        var conflict: Reason?
        while read < count {
            let start = watches.start(of: package)
            let nogood = watches[start + read]
            read += 1
            if conflict != nil || !visit(Int(nogood), from: package, &conflict) {
                watches[start + kept] = nogood
                kept += 1
            }
        }
        watches.truncate(package, to: kept)
        return conflict
    }

    /// Looks at a nogood that watches the package; true when another package watches it from now on.
    private mutating func visit(_ nogood: Int, from package: Int, _ conflict: inout Reason?) -> Bool {
        let range = learned.range(of: nogood)
        let first = range.lowerBound
        if Int(learned.terms[first].package) == package { learned.swapTerms(first, first + 1) }
        let (other, own) = (learned.terms[first], learned.terms[first + 1])
        guard isWithin(package, own.bits, .learned), !isOutside(Int(other.package), other.bits, .learned) else {
            return false
        }
        for place in first + 2..<range.upperBound {
            let term = learned.terms[place]
            if !isWithin(Int(term.package), term.bits, .learned) {
                learned.swapTerms(first + 1, place)
                watches.append(UInt32(nogood), to: Int(term.package))
                return true
            }
        }
        conflict = exclude(other.bits, from: Int(other.package), .learned(nogood))
        return false
    }
}
