import Capsules
package import Objects
package import Versions

/// That no versions fit together, with the reasons (row A-055: conflicts in place of a plan).
package struct InstallationConflict: Error, Sendable {
    /// Why.
    package let conflict: Conflict
    /// Where `amx.json` names the place that alone may answer, and nothing there fits: in words.
    private let unmet: String?

    init(_ conflict: Conflict, unmet: [(requirement: Requirement, address: String)] = []) {
        self.conflict = conflict
        self.unmet = unmet.first.map { requirement, address in
            "\(requirement.id) may come from \(address) only, which has nothing that fits \(requirement.constraint); no other place was asked"
        }
    }

    /// As commands show it: exit status 7 where it is places that stand against each other or against a requirement that names its own
    /// (`docs/lifecycle.md`, "Where releases come from"), else 6.
    package var error: AmxError {
        let lines = conflict.lines
        let denial = conflict.denials.first.map { denial in
            "\(denial.requirement.package) may come from \(denial.requirement.source ?? "nowhere else") only; \(denial.offeredBy.joined(separator: ", ")) has it too, and was not asked for it"
        }
        let repairs = conflict.repairs.map(\.description)
        return AmxError(
            denial == nil && unmet == nil ? .conflict : .denied, lines.joined(separator: "\n"),
            hint: denial ?? unmet
                ?? (repairs.isEmpty
                    ? "no single change of \("amx.json") would do: look at what each capsule requires with `amx tree`"
                    : nil),
            cause: self)
    }
}
