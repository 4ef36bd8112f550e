package import Capsules
package import Objects

/// What can fail, and be started again.
package protocol HealthSubject: AnyObject, Sendable {
    /// Which capsule it is; it does not change.
    var id: CapsuleID { get }
    /// Asks what it is at; an error counts as a failure.
    func checkHealth() throws(AmxError) -> EngineState
    /// Starts it again, after a failure.
    func restart() throws(AmxError)
}
