package import Objects
package import Versions

/// That no versions fit together, with the reasons (row A-055: conflicts in place of a plan).
package struct InstallationConflict: Error, Sendable {
    /// Why.
    package let conflict: Conflict

    init(_ conflict: Conflict) { self.conflict = conflict }

    /// As commands show it: exit status 7 where another place would have had the answer, else 6.
    package var error: AmxError {
        let lines = conflict.lines
        let denial = conflict.denials.first.map { denial in
            "\(denial.requirement.package) may come from \(denial.requirement.source ?? "nowhere else") only; \(denial.offeredBy.joined(separator: ", ")) has it too, and was not asked for it"
        }
        let repairs = conflict.repairs.map(\.description)
        return AmxError(
            denial == nil ? .conflict : .denied, lines.joined(separator: "\n"),
            hint: denial
                ?? (repairs.isEmpty
                    ? "no single change of \("amx.json") would do: look at what each capsule requires with `amx tree`"
                    : nil),
            cause: self)
    }
}
