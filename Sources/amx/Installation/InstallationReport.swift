import Capsules
import Objects
import Versions
import Workspaces

/// How a plan and what came of it are told.
struct InstallationReport {
    let outcome: InstallationRun.Outcome
    let isDryRun: Bool

    /// The result as JSON.
    var json: JSONValue {
        let plan = outcome.plan
        return [
            "capsulesToInstall": .array((plan?.installs ?? []).map { .object(Self.json($0)) }),
            "capsulesToUpdate": .array((plan?.updates ?? []).map(update)),
            "capsulesToRemove": .array(
                (plan?.departures ?? []).map { ["id": .string($0.id.string), "version": .string($0.version.text)] }),
            "estimatedSize": plan?.estimatedSize.map { .count($0) } ?? .null,
            "leftOut": .array(
                (plan?.dropped ?? []).map {
                    [
                        "id": .string($0.requirement.package.id), "requiredBy": .optional($0.dependent?.id),
                        "reason": .string($0.reason),
                    ]
                }),
            "moves": .array(
                (plan?.moves ?? []).map {
                    [
                        "id": .string($0.name.id), "from": .string($0.from.version.text),
                        "to": .optional($0.to?.version.text),
                        "reasons": .strings($0.reasons.map { "\($0)" }),
                    ]
                }),
            "riskAssessment": outcome.review?.risk.json ?? .null,
            "approvals": .array((outcome.review?.demands ?? []).map { ApprovalText($0).json }),
            "pendingHooks": .array((outcome.review?.hooks ?? []).map(\.json)),
            "through": .array(
                outcome.through.map { ["id": .string($0.id.string), "version": .string($0.version.text)] }),
            "warnings": .strings(outcome.warnings), "operation": .optional(outcome.result?.operation?.hex),
            "dryRun": .bool(isDryRun),
        ]
    }

    /// What moves, with the steps of that.
    private func update(_ step: InstallationPlan.Step) -> JSONValue {
        var object = Self.json(step)
        object["steps"] = .array((outcome.steps[step.id] ?? []).map(\.json))
        return .object(object)
    }

    private static func json(_ step: InstallationPlan.Step) -> JSONObject {
        [
            "id": .string(step.id.string), "version": .string(step.release.version.text),
            "from": .optional(step.old?.version.text), "commit": .string(step.release.commit.hex),
            "digest": .optional(step.release.digest?.text), "source": .string(step.address),
            "otherOwner": .optional(step.otherOwner), "requestedBy": .strings(step.requestedBy),
            "size": step.release.size.map { .count($0) } ?? .null,
        ]
    }

    /// The result as lines.
    func text(_ style: Style, upToDate: String) -> String {
        let waited = outcome.review?.waiting.demands.count ?? 0
        guard let plan = outcome.plan, !plan.isEmpty || waited > 0 else {
            return ([upToDate] + leftOut).joined(separator: "\n")
        }
        var lines: [String] = []
        for step in plan.steps {
            let by = step.requestedBy.filter { $0 != LockedCapsule.Source.workspace.text }
            let owner = step.otherOwner.map { style.yellow(" from \($0)") } ?? ""
            let why = owner + (by.isEmpty ? "" : "  (\(by.joined(separator: ", ")))")
            if let old = step.old {
                let mark = step.release.version < old.version ? "v" : "^"
                lines.append("\(style.yellow(mark)) \(step.id) \(old.version) to \(step.release.version)\(why)")
                if isDryRun { lines += (outcome.steps[step.id] ?? []).map { "    \($0.text)" } }
            } else {
                lines.append("\(style.green("+")) \(step.id) \(step.release.version)\(why)")
            }
        }
        for entry in plan.departures { lines.append("\(style.red("-")) \(entry.id) \(entry.version)") }
        for station in outcome.through {
            lines.append("  \(station.id) \(isDryRun ? "has to go" : "went") through \(station.version)")
        }
        for move in plan.moves {
            guard let reason = move.reasons.first else { continue }
            lines.append("  \(move.name.id) moves: \(reason)")
        }
        lines += leftOut
        if isDryRun, let review = outcome.review {
            lines += review.demands.map { ApprovalText($0).text(style) }
            lines.append("Risk: \(review.risk.level.rawValue)")
            lines += review.risk.reasons.prefix(20).map { "  \($0.text)" }
        }
        if let hooks = outcome.review?.hooks, !hooks.isEmpty {
            let names = hooks.map { "\($0.phase.rawValue) of \($0.capsule)" }
            lines.append("Hooks wait and were not run: \(names.joined(separator: ", "))")
        }
        lines.append(
            isDryRun
                ? "Nothing was changed (--dry-run)"
                : Self.summary(plan, waited, canBeUndone: outcome.result?.changesAnything == true))
        return lines.joined(separator: "\n")
    }

    private var leftOut: [String] {
        (outcome.plan?.dropped ?? []).map { "  \($0.requirement.package.id) is optional and left out: \($0.reason)" }
    }

    private static func summary(_ plan: InstallationPlan, _ waited: Int, canBeUndone: Bool) -> String {
        var parts: [String] = []
        if !plan.installs.isEmpty { parts.append("installed \(plan.installs.count)") }
        if !plan.updates.isEmpty { parts.append("updated \(plan.updates.count)") }
        if !plan.departures.isEmpty { parts.append("removed \(plan.departures.count)") }
        if waited > 0 { parts.append("approved \(waited) that waited") }
        let text = parts.joined(separator: ", ")
        return text.prefix(1).uppercased() + text.dropFirst() + (canBeUndone ? "; `amx undo` takes it back" : "")
    }
}
