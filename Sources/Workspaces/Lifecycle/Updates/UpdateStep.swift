package import Capsules
import Objects

/// A part of what an update does to a capsule (row A-077).
package struct UpdateStep: Sendable, Hashable {
    /// The kinds of row A-077, in its order. The raw values are stable.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Files that schemas are in, and schemas of tools.
        case schemaMigration = "schema_migration"
        /// Files of code, and what else is brought out as it is: knowledge, embeddings, data.
        case codeUpdate = "code_update"
        /// Files of settings, rules and workflows, and what the manifest configures.
        case configurationChange = "configuration_change"
        /// What the capsule needs.
        case dependencyUpdate = "dependency_update"
    }

    /// The kind.
    package let kind: Kind
    /// What it is about, in the order of the difference: paths, places of the manifest, ids of capsules.
    package let subjects: [String]
    /// Whether those who use the capsule may have to change something too.
    package let isBreaking: Bool

    /// The steps of an update, in the order of row A-077; those with nothing to do are left out.
    package static func steps(of difference: Difference) -> [UpdateStep] {
        var subjects: [Kind: [String]] = [:]
        // The manifest is looked into, below.
        for file in difference.files where !file.path.bytes.elementsEqual(Manifest.fileName.utf8) {
            let kind: Kind =
                switch file.type {
                case .schema: .schemaMigration
                case .configuration: .configurationChange
                case .permission, .dependency, .code, .knowledge, .embedding, .data: .codeUpdate
                }
            subjects[kind, default: []].append(file.path.string)
        }
        for change in difference.trust where change.type == .configuration || change.type == .permission {
            subjects[.configurationChange, default: []].append(change.path.description)
        }
        for change in difference.dependencies { subjects[.dependencyUpdate, default: []].append(change.id) }
        var broken: Set<Kind> = []
        for change in difference.breaking {
            switch change.rule {
            case .schemaTightened:
                broken.insert(.schemaMigration)
                // Of a tool: it stands in the manifest.
                if change.subject.hasPrefix("tool ") { subjects[.schemaMigration, default: []].append(change.subject) }
            case .endpointRemoved, .exportRemoved, .toolRemoved, .commandRemoved: broken.insert(.codeUpdate)
            case .capabilityRemoved, .permissionRequired: broken.insert(.configurationChange)
            case .requirementAdded: broken.insert(.dependencyUpdate)
            case .versionIncompatible, .idChanged: continue
            }
        }
        return Kind.allCases.compactMap { kind in
            guard let found = subjects[kind] else { return nil }
            var seen: Set<[UInt8]> = []
            let distinct = found.filter { seen.insert(Array($0.utf8)).inserted }
            return UpdateStep(kind: kind, subjects: distinct, isBreaking: broken.contains(kind))
        }
    }

    /// The step in a line, for people.
    package var text: String {
        let named = subjects.prefix(4).map { TreeRules.printable($0.utf8) }.joined(separator: ", ")
        let more = subjects.count > 4 ? " and \(subjects.count - 4) more" : ""
        return "\(kind.rawValue)\(isBreaking ? ", breaking" : ""): \(named)\(more)"
    }

    /// How many subjects an event names.
    private static let recordedSubjects = 8

    /// The step as an event has it: the first of its subjects, and how many there are.
    var recorded: JSONValue {
        [
            "kind": .string(kind.rawValue), "breaking": .bool(isBreaking), "count": .count(subjects.count),
            "subjects": .strings(
                subjects.prefix(Self.recordedSubjects).map { String(decoding: $0.utf8.prefix(256), as: UTF8.self) }),
        ]
    }

    /// The step as an object for `--json`.
    package var json: JSONValue {
        [
            "kind": .string(kind.rawValue), "subjects": .strings(subjects), "breaking": .bool(isBreaking),
        ]
    }
}
