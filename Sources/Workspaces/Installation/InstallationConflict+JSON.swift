package import Capsules
import Versions

extension InstallationConflict {
    /// The kinds of row A-060. One conflict may be of several. The raw values are stable.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// What is locked does not fit what is asked for.
        case installedVersion
        /// Two who ask for one capsule leave no version that both take.
        case disjointRequirements
        /// A peer that somebody needs cannot be had.
        case missingPeer
        /// Nothing at all is in the bounds of a requirement.
        case noSuchVersion
        /// The only versions in the bounds cannot be used.
        case unusable
        /// Only another place than the one that is named has an answer.
        case otherSource
    }

    /// What kinds of conflict it is, in the order of the enumeration.
    package var kinds: [Kind] {
        var found: Set<Kind> = []
        if !conflict.denials.isEmpty { found.insert(.otherSource) }
        for fact in conflict.facts {
            switch fact.cause {
            case .locked: found.insert(.installedVersion)
            case .unusable: found.insert(.unusable)
            case .workspace, .package, .chosen: break
            }
            guard fact.emptiness != nil else { continue }
            found.insert(fact.kind == .peer ? .missingPeer : .noSuchVersion)
        }
        let asked = conflict.facts.filter { $0.kind != nil }
        if Set(asked.map(\.target)).count < asked.count { found.insert(.disjointRequirements) }
        return Kind.allCases.filter(found.contains)
    }
}

extension InstallationConflict: ErrorDetails {
    /// The whole report as a value: `docs/cli.md`, "Depend".
    package var details: JSONValue {
        [
            "kinds": .strings(kinds.map(\.rawValue)), "minimal": .bool(conflict.isMinimal),
            "facts": .array(conflict.facts.map(Self.json)), "steps": .array(conflict.steps.map(Self.json)),
            "repairs": .array(conflict.repairs.map(Self.json)), "denials": .array(conflict.denials.map(Self.json)),
        ]
    }

    private static func json(_ fact: ConflictFact) -> JSONValue {
        let by: String
        var (dependent, versions): (String?, JSONValue) = (nil, .null)
        var (place, reason): (String?, String?) = (nil, fact.emptiness)
        switch fact.cause {
        case .workspace(let found): (by, place) = ("workspace", found)
        case .package(let name, let runs): (by, dependent, versions) = ("capsule", name.id, json(runs))
        case .locked: by = "lock"
        case .chosen: by = "choice"
        case .unusable(let why): (by, reason) = ("release", why)
        }
        return [
            "by": .string(by), "dependent": .optional(dependent), "dependentVersions": versions,
            "place": .optional(place), "kind": .optional(fact.kind?.rawValue), "id": .string(fact.target.id),
            "constraint": .string(fact.constraint), "source": .optional(fact.source), "versions": json(fact.versions),
            "reason": .optional(reason), "text": .string(fact.description),
        ]
    }

    private static func json(_ runs: VersionRuns) -> JSONValue {
        .array(runs.runs.map { ["first": .string($0.first.text), "last": .string($0.last.text)] })
    }

    private static func json(_ step: ConflictStep) -> JSONValue {
        [
            "facts": .array(step.facts.map { .integer(Int64($0)) }), "id": .string(step.package.id),
            "left": json(step.left), "text": .string(step.text),
        ]
    }

    private static func json(_ repair: Repair) -> JSONValue {
        let (change, id, constraint): (String, String, String?) =
            switch repair.change {
            case .relax(let old): ("relax", old.package.id, old.accepted.description)
            case .admitPrereleases(let old): ("admitPrereleases", old.package.id, old.accepted.description)
            case .unlock(let name): ("unlock", name.id, nil)
            }
        return [
            "change": .string(change), "id": .string(id), "constraint": .optional(constraint),
            "version": .optional(repair.version?.text), "text": .string(repair.description),
        ]
    }

    private static func json(_ denial: Denial) -> JSONValue {
        [
            "dependent": .optional(denial.dependent?.id), "id": .string(denial.requirement.package.id),
            "source": .optional(denial.requirement.source), "offeredBy": .strings(denial.offeredBy),
        ]
    }
}
