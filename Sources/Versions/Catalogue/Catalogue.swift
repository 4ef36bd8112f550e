/// What is known of packages: candidates, and facts read from their manifests.
///
/// Packages are numbered as they are first named. Candidates and manifests are asked of the source when a solve first needs them
/// and kept, so several solves over one catalogue read nothing twice. A package's candidates never change once they were
/// asked for: a catalogue is a snapshot. Not for use from two threads at once.
package final class Catalogue {
    /// A package, by number.
    typealias Package = Int

    /// The most candidates of one package: the largest of public registries have about a thousand, and facts about more would
    /// take memory by their square.
    package static let candidates = 16_384

    /// What is known of one package.
    struct Entry {
        let name: PackageName
        /// Nil until the candidates were asked for.
        var list: CandidateList?
        /// The candidates whose manifests were read.
        var read = CandidateSet(capacity: 0)
        /// Whether that is all of them.
        var isWhollyRead = false
        /// The facts of this package, in an order that depends only on the manifests.
        var facts: ContiguousArray<Fact.ID> = []
    }

    private(set) var entries: ContiguousArray<Entry> = []
    private(set) var facts: ContiguousArray<Fact> = []
    /// What solves look at of each fact.
    private(set) var links: ContiguousArray<FactLink> = []
    private var numbers: [PackageName: Package] = [:]
    /// Nil for a catalogue that was cut out of another one.
    private let source: (any CandidateSource)?
    /// The facts of the package that is read.
    private var known = KnownFacts()
    /// What the last solve has left; nil while one runs.
    private var storage: SolverStorage?

    /// Starts a catalogue that knows nothing yet.
    package init(_ source: any CandidateSource) {
        self.source = source
        readsWholePackages = source.hasManifestsAtHand
    }

    /// Cuts out some facts and the packages that they speak of.
    init(_ kept: [Fact], of other: Catalogue, and others: [Package]) {
        source = nil
        readsWholePackages = true
        for fact in kept {
            let package = adopt(fact.package, of: other)
            let target = adopt(fact.target, of: other)
            append(
                Fact(
                    package: package, target: target, selector: fact.selector, requirement: fact.requirement,
                    reason: fact.reason, accepted: fact.accepted))
        }
        for package in others { _ = adopt(package, of: other) }
    }

    private func adopt(_ package: Package, of other: Catalogue) -> Package {
        let entry = other.entries[package]
        if let known = numbers[entry.name] { return known }
        let number = number(of: entry.name)
        let count = entry.list?.count ?? 0
        entries[number].list = entry.list
        entries[number].read = CandidateSet(allOf: count)
        entries[number].isWhollyRead = true
        return number
    }

    /// The number of a package, which it gets at the first call.
    func number(of name: PackageName) -> Package {
        if let known = numbers[name] { return known }
        let number = entries.count
        entries.append(Entry(name: name))
        numbers[name] = number
        return number
    }

    /// Takes the arrays that a solve has left, or new ones.
    func takeStorage() -> SolverStorage {
        let taken = storage ?? SolverStorage()
        storage = nil
        return taken
    }

    /// Keeps a solve's arrays for the next one.
    func keep(_ emptied: SolverStorage) { storage = emptied }

    /// Whether whole packages are read at once.
    let readsWholePackages: Bool

    /// The candidates of a package.
    func list(of package: Package) throws -> CandidateList {
        if let list = entries[package].list { return list }
        let list = CandidateList(try source?.candidates(of: entries[package].name) ?? [])
        guard list.count <= Self.candidates else {
            throw CandidateLimitError(package: entries[package].name, count: list.count, limit: Self.candidates)
        }
        entries[package].list = list
        entries[package].read = CandidateSet(capacity: list.count)
        return list
    }

    /// Says that the packages will be needed.
    func prefetch(_ packages: [Package]) {
        let unknown = packages.filter { entries[$0].list == nil }
        if !unknown.isEmpty { source?.prefetchCandidates(of: unknown.map { entries[$0].name }) }
    }

    /// Says that manifests are likely to be needed, best first.
    func prefetch(_ ordinals: [Int], of package: Package) {
        guard let list = entries[package].list else { return }
        let unread = ordinals.filter { !entries[package].read.contains($0) }
        if !unread.isEmpty { source?.prefetchManifests(of: entries[package].name, unread.map { list[$0] }) }
    }

    /// The versions of its target that a fact takes.
    func accepted(by fact: Fact.ID) throws -> CandidateSet {
        if let known = facts[fact].accepted { return known }
        let list = try list(of: facts[fact].target)
        let accepted = facts[fact].requirement.map { $0.candidates(in: list) } ?? CandidateSet(capacity: list.count)
        facts[fact].accepted = accepted
        links[fact].accepted = accepted.first
        links[fact].isEvaluated = true
        return accepted
    }

    /// Whether a fact speaks of a version of its package.
    func selects(_ fact: Fact.ID, _ ordinal: Int) -> Bool {
        ordinal < 64 ? links[fact].selector >> UInt64(ordinal) & 1 == 1 : facts[fact].selector.contains(ordinal)
    }

    /// Reads manifests that were not read yet and turns them into facts. When the source throws, nothing was read.
    func read(_ wanted: CandidateSet, of package: Package) throws {
        let missing = wanted.subtracting(entries[package].read)
        guard !missing.isEmpty, let source, let list = entries[package].list else { return }
        let name = entries[package].name
        let manifests = try missing.ordinals.map { ($0, try source.manifest(of: name, list[$0], at: $0)) }
        known.removeAll()
        for id in entries[package].facts { known.insert(id, FactKey(facts[id]), inPlaceOf: nil, in: facts) }
        var replaced: Set<Fact.ID> = []
        let first = facts.count
        // Neighbours often say the same: then the facts of the one before are found without a look-up.
        var (last, lastFacts): (CandidateManifest?, [Fact.ID]) = (nil, [])
        for (ordinal, manifest) in manifests {
            if manifest != last {
                last = manifest
                lastFacts.removeAll(keepingCapacity: true)
                manifest.forEachKey { key in
                    let target = key.requirement.map { number(of: $0.package) } ?? package
                    let old = known.fact(key, about: target, in: facts)
                    let id = fact(key, of: package, target, old, since: first, capacity: list.count, &replaced)
                    if id != old { known.insert(id, key, inPlaceOf: old, in: facts) }
                    lastFacts.append(id)
                }
            }
            for id in lastFacts { facts[id].selector.insert(ordinal) }
        }
        entries[package].read.formUnion(missing)
        entries[package].isWhollyRead = entries[package].read.count == list.count
        entries[package].facts.removeAll { replaced.contains($0) }
        entries[package].facts += first..<facts.count
        for id in first..<facts.count { links.append(FactLink(facts[id])) }
        sortFacts(of: package)
    }

    /// Puts a package's facts in their order, by what that looks at of each; what is large stays where it is.
    private func sortFacts(of package: Package) {
        let orders = entries[package].facts.map { FactOrder(facts[$0], $0) }
        var places = Array(orders.indices)
        places.sort { FactOrder.precedes(orders[$0], orders[$1]) }
        for (index, place) in places.enumerated() { entries[package].facts[index] = orders[place].id }
    }

    /// The fact to widen: one made since a number, a new one, or a copy of one that solves may already have used.
    private func fact(
        _ key: FactKey, of package: Package, _ target: Package, _ known: Fact.ID?, since first: Fact.ID, capacity: Int,
        _ replaced: inout Set<Fact.ID>
    ) -> Fact.ID {
        if let known, known >= first { return known }
        if let known {
            replaced.insert(known)
            facts.append(facts[known])
        } else {
            facts.append(
                Fact(
                    package: package, target: target, selector: CandidateSet(capacity: capacity),
                    requirement: key.requirement, reason: key.reason, accepted: nil))
        }
        return facts.count - 1
    }

    private func append(_ fact: Fact) {
        entries[fact.package].facts.append(facts.count)
        facts.append(fact)
        links.append(FactLink(fact))
    }
}

extension PackageRequirement {
    /// The candidates of the target that will do: those within the bounds, from the source that the requirement names.
    func candidates(in list: CandidateList) -> CandidateSet {
        guard let source, source != list.source else {
            return accepted.candidates(in: list, eligible: CandidateSet(allOf: list.count))
        }
        var eligible = CandidateSet(capacity: list.count)
        for (ordinal, candidate) in list.candidates.enumerated() where candidate.source == source {
            eligible.insert(ordinal)
        }
        return accepted.candidates(in: list, eligible: eligible)
    }
}
