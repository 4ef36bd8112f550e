extension Solver {
    /// The facts and givens behind the last conflict, which holds before any decision.
    func contradiction() -> SolverOutcome {
        var facts: Set<Fact.ID> = []
        var givens: Set<Int> = []
        var seen: Set<Origin> = []
        var open = conflict.parents
        while let origin = open.popLast() {
            guard seen.insert(origin).inserted else { continue }
            switch origin.kind {
            case .fact: facts.insert(origin.index)
            case .given: givens.insert(origin.index)
            case .derivation: for place in derivations.range(of: origin.index) { open.append(derivations[place]) }
            case .entry:
                // What shrank the domain here, what that took as known, and what shrank it before.
                let entry = trail[origin.index]
                if entry.previous >= 0 { open.append(Origin(.entry, Int(entry.previous))) }
                let home: SetHome = entry.reason.isLearned ? .learned : .permanent
                let nogood = entry.reason.nogood
                open.append(entry.reason.isLearned ? learned.origins[nogood] : permanent.origins[nogood])
                for place in entry.reason.isLearned ? learned.range(of: nogood) : permanent.range(of: nogood) {
                    let term = entry.reason.isLearned ? learned.terms[place] : permanent.terms[place]
                    guard term.package != entry.package else { continue }
                    let package = Int(term.package)
                    let held = satisfier(package, term.bits, home, from: packages[package].last)
                    if held >= 0 { open.append(Origin(.entry, Int(held))) }
                }
            }
        }
        return .contradiction(facts: facts.sorted(), givens: givens.sorted())
    }
}
