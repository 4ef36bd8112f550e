extension Resolver {
    /// Puts back what was unlocked, one by one by name, wherever there is still a solution; what remains are the moves.
    ///
    /// Each of them is tried with all others that stay, so no smaller set of moves leaves a solution.
    func settle(
        _ moved: [Given], roots: [Given], locks: inout [Given], _ chosen: inout Choices,
        _ effort: inout Effort
    ) throws -> [Move] {
        var kept: [(lock: Given, reasons: [ConflictFact])] = []
        let names = moved.sorted { catalogue.entries[$0.package].name < catalogue.entries[$1.package].name }
        for (place, lock) in names.enumerated() {
            if chosen[lock.package].map(lock.accepted.contains) ?? true {
                locks.append(lock)
                continue
            }
            if effort.isSpent {
                kept.append((lock, []))
                continue
            }
            // Those not looked at yet are preferred but free.
            switch try solve(roots + locks + [lock], preferring: locks + names[place...], &effort) {
            case .solution(let found):
                chosen = Choices(found, of: catalogue.entries.count)
                locks.append(lock)
            case .gaveUp: kept.append((lock, []))
            case .contradiction(let facts, let used):
                let givens = roots + locks + [lock]
                var core = Core(catalogue, facts: facts, givens: used.map { givens[$0] })
                try core.minimize(&effort)
                kept.append((lock, core.conflictFacts(decisiveFor: lock.package)))
            }
        }
        return try kept.map { lock, reasons in
            let list = try catalogue.list(of: lock.package)
            return Move(
                name: catalogue.entries[lock.package].name, from: list[lock.accepted.highest ?? 0],
                to: chosen[lock.package].map { list[$0] }, reasons: reasons)
        }
    }
}
