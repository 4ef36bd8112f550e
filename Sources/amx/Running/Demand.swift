import Capsules
import Guard
import Objects
import Runners
import Workspaces

/// What the level of a run asks for, and whether somebody has given it.
struct Demand {
    /// Whether it may run, and where not, what to do.
    struct Answer {
        let isGiven: Bool
        /// The approval that counts.
        let approval: String?
        let hint: String?
    }

    private let subject: RunSubject
    private let isNeeded: Bool
    private let workspace: Workspace

    init(
        _ target: RunTarget, input: JSONValue, settings: JSONObject, of runnable: RunnableCapsule,
        in workspace: Workspace
    ) {
        subject = RunSubject(
            runnable.manifest.id, digest: runnable.digest, tool: target.label, input: input, settings: settings,
            level: target.level)
        isNeeded = target.level.demands.contains(.approval)
        self.workspace = workspace
    }

    /// The approval that counts now; where there is none, it is asked for.
    func approval() throws(AmxError) -> Answer {
        guard isNeeded else { return Answer(isGiven: false, approval: nil, hint: nil) }
        let user = try workspace.identity().email
        if let given = try RunApprovals(workspace).approval(of: subject, by: user) {
            return Answer(isGiven: true, approval: given.id, hint: nil)
        }
        let wish = try workspace.write { () throws(AmxError) in
            var approvals = try RunApprovals(workspace)
            let wish = approvals.ask(subject, by: user)
            try approvals.write()
            return wish
        }
        let who = subject.level.demands.contains(.adminApproval) ? "an admin other than" : "somebody other than"
        return Answer(
            isGiven: false, approval: nil,
            hint: "\(who) \(user) can approve it with `amx approve \(wish.id)`; then run it again")
    }
}
