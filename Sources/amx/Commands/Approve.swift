import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx approve`.
struct Approve: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve what somebody has asked to run.",
        discussion: """
            It counts for exactly what was asked for, for an hour or as long as --for says, and for nobody but others than who approves. \
            Whoever has asked cannot approve it; what is DANGEROUS only those whom the setting approvals.admins names.

            Example:
              amx approve 4f0c2aa91b3e
              amx approve 4f0c2aa91b3e --for 1d
            """)

    @Argument(help: "What was asked for, as `amx approvals` names it.") var request: String
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long it counts: a number and s, m, h or d; at most 30d.", valueName: "time"))
    var period: String = "1h"
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let seconds = try Self.seconds(period)
        let workspace = try Place().workspace
        let user = try workspace.identity().email
        let isAdmin = try Self.isAdmin(user, in: workspace)
        let approval = try workspace.write { () throws(AmxError) in
            var approvals = try RunApprovals(workspace)
            let approval = try approvals.approve(request, by: user, isAdmin: isAdmin, seconds: seconds)
            try approvals.write()
            return approval
        }
        try Self.record(approval, in: workspace)
        try output.confirm(json: approval.json) { _ in
            guard case .approved(_, _, let until) = approval.verdict else { return "" }
            return "Approved \(approval.subject.name) for \(approval.requester) until \(until.text)"
        }
    }

    /// Records what was said of a wish as an event of its capsule.
    static func record(_ approval: RunApproval, in workspace: Workspace) throws(AmxError) {
        guard let payload = approval.json.object else { return }
        let stream = EventStream(approval.subject.capsule, of: try workspace.organization())
        _ = try EventStore(workspace).append(
            [EventDraft(.approved, in: stream, payload: payload)], by: .current(workspace))
    }

    /// A period as a number with its unit.
    static func seconds(_ text: String) throws(AmxError) -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let last = text.last, let unit = units[last], let number = Int64(text.dropLast()), number > 0,
            number <= RunApprovals.longestPeriod / unit
        else {
            throw AmxError(
                .usage, "--for \(text) is no period of at most 30 days", hint: "write a number and a unit: 90m, 2h, 7d")
        }
        return number * unit
    }

    private static func isAdmin(_ user: String, in workspace: Workspace) throws(AmxError) -> Bool {
        let key = try SettingKey("approvals.admins")
        return try Settings(workspace).entries().contains { entry in
            entry.key == key && entry.value.lowercased().utf8.elementsEqual(user.lowercased().utf8)
        }
    }
}
