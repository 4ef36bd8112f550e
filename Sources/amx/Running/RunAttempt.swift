import Capsules
import Runners

/// What somebody wants of a capsule.
struct RunAttempt: Sendable {
    let target: RunTarget
    let input: JSONValue
    var limits = RunLimits()
    /// What it is to run in, where that is not for the manifest to say.
    var isolation: SandboxSettings.Isolation?

    init(_ target: RunTarget, input: JSONValue) { (self.target, self.input) = (target, input) }

    /// What came of it.
    struct Outcome: Sendable {
        let result: RunResult
        /// What to do where an approval is needed that is not there.
        let hint: String?
        /// What the code wanted published.
        let events: [EmittedEvent]
    }
}
