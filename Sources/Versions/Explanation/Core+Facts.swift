extension Core {
    /// The facts as a report gives them: givens first, then what packages say.
    func conflictFacts() -> [ConflictFact] { givens.map(describe) + facts.map(describe) }

    /// The facts, those that speak of one package first.
    func conflictFacts(decisiveFor package: Catalogue.Package) -> [ConflictFact] {
        let name = catalogue.entries[package].name
        let all = conflictFacts().filter { $0.cause != .locked || $0.target != name }
        func isDecisive(_ fact: ConflictFact) -> Bool {
            if case .package(name, _) = fact.cause { return true }
            return fact.target == name
        }
        return all.filter { $0.target == name } + all.filter { $0.target != name && isDecisive($0) }
            + all.filter { !isDecisive($0) }
    }

    /// One line on why a package cannot be there.
    func shortReason(for package: Catalogue.Package) -> String {
        let facts = conflictFacts(decisiveFor: package).filter {
            $0.kind != nil && $0.kind != .optional || $0.kind == nil
        }
        let texts = facts.filter { $0.cause != .chosen }.map(\.description)
        let empty = conflictFacts().compactMap(\.emptiness).first
        if texts.isEmpty { return empty ?? "no version fits" }
        return texts.prefix(2).joined(separator: ", ") + (empty.map { " (\($0))" } ?? "")
    }

    private func list(of package: Catalogue.Package) -> CandidateList {
        catalogue.entries[package].list ?? CandidateList([])
    }

    private func describe(_ given: Given) -> ConflictFact {
        let list = list(of: given.package)
        let versions = VersionRuns(given.accepted, of: list)
        let name = catalogue.entries[given.package].name
        switch given.cause {
        case .root(let root):
            return ConflictFact(
                cause: .workspace(place: root.place), kind: root.requirement.kind, target: name,
                constraint: root.requirement.accepted.description, source: root.requirement.source, versions: versions,
                emptiness: emptiness(of: root.requirement, given.accepted, list))
        case .locked, .chosen:
            return ConflictFact(
                cause: given.isLock ? .locked : .chosen, kind: nil, target: name, constraint: versions.description,
                source: nil, versions: versions, emptiness: nil)
        }
    }

    private func describe(_ fact: Fact) -> ConflictFact {
        let list = list(of: fact.target)
        let name = catalogue.entries[fact.package].name
        let selector = VersionRuns(fact.selector, of: self.list(of: fact.package))
        guard let requirement = fact.requirement, let accepted = fact.accepted else {
            return ConflictFact(
                cause: .unusable(fact.reason ?? ""), kind: nil, target: name, constraint: selector.description,
                source: nil, versions: selector, emptiness: nil)
        }
        return ConflictFact(
            cause: .package(name, versions: selector), kind: requirement.kind, target: requirement.package,
            constraint: requirement.accepted.description, source: requirement.source,
            versions: VersionRuns(accepted, of: list), emptiness: emptiness(of: requirement, accepted, list))
    }

    /// Why a requirement takes no candidate at all.
    private func emptiness(
        of requirement: PackageRequirement, _ accepted: CandidateSet, _ list: CandidateList
    ) -> String? {
        let name = requirement.package
        guard accepted.intersection(list.offered).isEmpty else { return nil }
        if let highest = accepted.highest { return "\(name) \(list[highest].version) was withdrawn" }
        guard let highest = list.candidates.last else { return "\(name) is not known" }
        if let source = requirement.source {
            let others = requirement.offers(in: list)
            if !others.isEmpty { return "only \(others.joined(separator: ", ")) has it, not \(source)" }
        }
        if let widened = requirement.admittingPrereleases, let found = widened.candidates(in: list).highest {
            return "only pre-releases such as \(list[found].version) match"
        }
        return "the highest version of \(name) is \(highest.version)"
    }
}

extension PackageRequirement {
    /// Who has candidates within the bounds, sorted.
    func offers(in list: CandidateList) -> [String] {
        let found = PackageRequirement(package, accepted, kind: kind).candidates(in: list)
        return Set(found.ordinals.map { list[$0].source }).sorted()
    }

    /// The same requirement with pre-releases; nil where that makes no difference.
    var admittingPrereleases: PackageRequirement? {
        guard case .constraint(let constraint) = accepted, !constraint.prerelease else { return nil }
        let wider = VersionConstraint(alternatives: constraint.alternatives, prerelease: true)
        return PackageRequirement(package, .constraint(wider), kind: kind, source: source)
    }
}

extension ConflictFact: CustomStringConvertible {
    /// The fact as a sentence without a full stop.
    package var description: String {
        let versions = constraint == "*" ? "any version of \(target)" : "\(target) \(constraint)"
        let wanted = versions + (source.map { " from \($0)" } ?? "")
        switch cause {
        case .workspace(let place):
            let needs =
                kind == .development ? "requires for development" : kind == .optional ? "would like" : "requires"
            return "the workspace \(needs) \(wanted)" + (place.map { " (\($0))" } ?? "")
        case .package(let name, let versions):
            let needs =
                switch kind {
                case .peer: "has the peer"
                case .optionalPeer: "has the optional peer"
                default: "needs"
                }
            return "\(versions.isAll ? "every \(name)" : "\(name) \(versions)") \(needs) \(wanted)"
        case .locked: return "\(target) is locked at \(constraint)"
        case .chosen: return "\(target) \(constraint) is chosen"
        case .unusable(let reason): return "\(target) \(constraint) cannot be used: \(reason)"
        }
    }
}
