/// Derives a contradiction from a core step by step, as a person would: a domain for each package, and one edge at a time.
///
/// An edge is all that one package asks of another. It narrows its target to what any of the dependent's remaining versions take,
/// and takes from the dependent the versions of which the target has nothing left. Where this gets stuck, the core needs a
/// distinction of cases, and there is no proof of this kind; nor is one looked for where nobody would read it.
struct Proof {
    /// The most facts and givens of a core that is proved: passes over the edges take time by their square.
    private static let limit = 1_000

    /// What is known of a package.
    private struct Domain {
        var left: CandidateSet
        var isNeeded = false
    }

    /// One conclusion.
    struct Step {
        let edge: Int
        /// The facts and givens it rests on, by index: givens first.
        let sources: [Int]
        let package: Catalogue.Package
        /// The package whose earlier steps it takes as known, besides its own.
        let basis: Catalogue.Package?
        /// The versions of the dependent that the step speaks of.
        let speakers: CandidateSet?
        let left: CandidateSet
    }

    private struct Edge {
        let key: Core.Edge
        var members: [Int]
    }

    private let core: Core
    private var edges: [Edge] = []
    /// The place of each edge that others may join.
    private var places: [Core.Edge: Int] = [:]
    /// The givens and facts in words.
    private let described: [ConflictFact]
    private var domains: [Catalogue.Package: Domain] = [:]
    /// The steps that lead to the contradiction, in order; nil where there is no proof of this kind.
    private(set) var steps: [Step]?

    init(_ core: Core) {
        self.core = core
        described = core.conflictFacts()
        for (index, given) in core.givens.enumerated() {
            add(Core.Edge(dependent: nil, target: given.package, kind: nil), index, mayMerge: false)
        }
        for (index, fact) in core.facts.enumerated() {
            add(Core.edge(of: fact), core.givens.count + index, mayMerge: true)
        }
        if core.givens.count + core.facts.count <= Self.limit { steps = derive() }
    }

    /// The number of edges: what a report's length is measured by.
    var edgeCount: Int { edges.count }

    private mutating func add(_ key: Core.Edge, _ member: Int, mayMerge: Bool) {
        if mayMerge, let known = places[key] {
            edges[known].members.append(member)
        } else {
            places[key] = edges.count
            edges.append(Edge(key: key, members: [member]))
        }
        for package in [key.dependent, key.target].compactMap({ $0 }) where domains[package] == nil {
            let list = core.catalogue.entries[package].list ?? CandidateList([])
            domains[package] = Domain(left: list.offered)
        }
    }

    private mutating func derive() -> [Step]? {
        // What is locked or chosen stays a candidate although it was withdrawn.
        for given in core.givens where !given.accepted.isEmpty {
            if case .root = given.cause { continue }
            domains[given.package]?.left.formUnion(given.accepted)
        }
        var found: [Step] = []
        var isChanged = true
        while isChanged {
            isChanged = false
            for edge in edges.indices {
                for step in apply(edge) {
                    found.append(step)
                    isChanged = true
                    if let domain = domains[step.package], domain.isNeeded, domain.left.isEmpty {
                        return Self.used(found, for: step.package)
                    }
                }
            }
        }
        return nil
    }

    /// What an edge concludes now.
    private mutating func apply(_ index: Int) -> [Step] {
        let edge = edges[index]
        let (dependent, target) = (edge.key.dependent, edge.key.target)
        guard let dependent else {
            let given = core.givens[edge.members[0]]
            return narrow(target, to: given.accepted, isNeeded: !given.mayBeAbsent, index, edge.members, nil, nil)
        }
        guard let own = domains[dependent], let other = domains[target] else { return [] }
        let none = own.left.subtracting(own.left)
        var (removed, covered, wanted) = (none, none, other.left.subtracting(other.left))
        var refusing: [Int] = []
        let isOptional = edge.key.kind == .optionalPeer
        for part in parts(of: edge, among: own.left) {
            covered.formUnion(part.speakers)
            let isRefused =
                if dependent == target {
                    true
                } else {
                    part.accepted.intersection(other.left).isEmpty && (!isOptional || other.isNeeded)
                }
            if isRefused {
                removed.formUnion(dependent == target ? part.speakers.subtracting(part.accepted) : part.speakers)
                refusing += part.members.filter { !refusing.contains($0) }
            } else {
                wanted.formUnion(part.accepted)
            }
        }
        if !removed.isEmpty {
            let left = own.left.subtracting(removed)
            return narrow(dependent, to: left, isNeeded: false, index, refusing.sorted(), target, removed)
        }
        guard dependent != target, own.isNeeded, covered == own.left else { return [] }
        let members = edge.members.filter {
            !core.facts[$0 - core.givens.count].selector.intersection(own.left).isEmpty
        }
        return narrow(target, to: wanted, isNeeded: !isOptional, index, members, dependent, own.left)
    }

    /// Versions of a dependent for which the same members of an edge speak.
    private struct Part {
        var speakers: CandidateSet
        /// What all of the members take.
        var accepted: CandidateSet
        var members: [Int]
    }

    /// Parts some versions by which members of an edge speak for them; those for which none does are left out.
    private func parts(of edge: Edge, among versions: CandidateSet) -> [Part] {
        var parts: [Part] = []
        for member in edge.members {
            let fact = core.facts[member - core.givens.count]
            // Of versions that cannot be used, none will do.
            let accepted = fact.accepted ?? fact.selector.subtracting(fact.selector)
            var rest = fact.selector.intersection(versions)
            for place in parts.indices {
                let shared = parts[place].speakers.intersection(rest)
                if shared.isEmpty { continue }
                rest.subtract(shared)
                let members = parts[place].members + [member]
                let both = Part(
                    speakers: shared, accepted: parts[place].accepted.intersection(accepted), members: members)
                parts[place].speakers.subtract(shared)
                parts.append(both)
            }
            if !rest.isEmpty { parts.append(Part(speakers: rest, accepted: accepted, members: [member])) }
        }
        return parts.filter { !$0.speakers.isEmpty }
    }

    private mutating func narrow(
        _ package: Catalogue.Package, to accepted: CandidateSet, isNeeded: Bool, _ edge: Int, _ sources: [Int],
        _ basis: Catalogue.Package?, _ speakers: CandidateSet?
    ) -> [Step] {
        guard var domain = domains[package] else { return [] }
        let left = domain.left.intersection(accepted)
        guard left != domain.left || isNeeded && !domain.isNeeded else { return [] }
        domain.left = left
        domain.isNeeded = domain.isNeeded || isNeeded
        domains[package] = domain
        return [Step(edge: edge, sources: sources, package: package, basis: basis, speakers: speakers, left: left)]
    }

    /// The steps that the last one rests on, in order.
    private static func used(_ steps: [Step], for package: Catalogue.Package) -> [Step] {
        var wanted: Set<Catalogue.Package> = [package]
        var used: [Step] = []
        for step in steps.reversed() where wanted.contains(step.package) {
            used.append(step)
            if let basis = step.basis { wanted.insert(basis) }
        }
        return used.reversed()
    }

    /// What the members of an edge say in one line, for the versions of the dependent that matter.
    func sentence(_ sources: [Int], speakers: CandidateSet?) -> String {
        guard let first = sources.first, first >= core.givens.count, let requirement = described[first].kind,
            case .package(let name, _) = described[first].cause
        else { return sources.map { described[$0].description }.joined(separator: ", ") }
        let list = core.catalogue.entries[core.facts[first - core.givens.count].package].list ?? CandidateList([])
        var all = CandidateSet(capacity: list.count)
        for source in sources { all.formUnion(selector(source)) }
        let runs = VersionRuns(speakers.map { $0.intersection(all) } ?? all, of: list)
        var seen: Set<String> = []
        let constraints = sources.map { described[$0].constraint }.filter { seen.insert($0).inserted }
        let text =
            constraints.count > 3
            ? "(\(constraints.count) different ranges)"
            : constraints.joined(separator: isShared(sources) ? " and " : " or ")
        return ConflictFact(
            cause: .package(name, versions: runs), kind: requirement, target: described[first].target, constraint: text,
            source: described[first].source, versions: described[first].versions, emptiness: nil
        ).description
    }

    /// Whether some version says all of these: what one version asks must all hold, and what several ask is an alternative.
    private func isShared(_ sources: [Int]) -> Bool {
        sources.allSatisfy { first in
            sources.allSatisfy { !selector($0).intersection(selector(first)).isEmpty }
        }
    }

    private func selector(_ source: Int) -> CandidateSet { core.facts[source - core.givens.count].selector }

    /// All edges in one line each, without conclusions.
    var sentences: [String] { edges.map { sentence($0.members, speakers: nil) } }
}
