import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx deny`.
struct Deny: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Say no to what somebody has asked to run.",
        discussion: """
            Whoever has asked may take it back this way too. Running it again asks anew.

            Example:
              amx deny 4f0c2aa91b3e --reason "not on this machine"
            """)

    @Argument(help: "What was asked for, as `amx approvals` names it.") var request: String
    @Option(help: ArgumentHelp("Why, in one line.", valueName: "text")) var reason: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        if let reason, reason.utf8.count > 1_000 || reason.contains(where: \.isNewline) {
            throw AmxError(.usage, "--reason takes one line of at most 1,000 bytes")
        }
        let workspace = try Place().workspace
        let user = try workspace.identity().email
        let denied = try workspace.write { () throws(AmxError) in
            var approvals = try RunApprovals(workspace)
            let denied = try approvals.deny(request, by: user, reason: reason)
            try approvals.write()
            return denied
        }
        try Approve.record(denied, in: workspace)
        try output.confirm(json: denied.json) { _ in "Denied \(denied.subject.name) to \(denied.requester)" }
    }
}
