import Isolation
import Objects

/// The engine of a sandbox that waits for the next call, where there is one.
struct WaitingEngine {
    /// Nil before the first call, and after one that it did not survive.
    private(set) var session: EngineSession?

    /// The engine that waits, where it fits; else a new one, once the other has left.
    mutating func ready(
        in sandbox: Sandbox, _ limits: SandboxLimits, _ program: @autoclosure () -> EngineSession.Program
    ) throws(AmxError) -> EngineSession {
        let present = session
        // It is gone while one is started or has failed.
        session = nil
        if let present {
            if present.fits(limits) {
                session = present
                return present
            }
            try present.leave()
        }
        let started = try EngineSession(program(), in: sandbox, limits)
        session = started
        return started
    }

    /// Lets go of one of which no more calls can be made.
    mutating func forgetSpent() { if session?.isUsable == false { session = nil } }

    /// Ends it, where there is one.
    mutating func leave() throws(AmxError) {
        let present = session
        session = nil
        try present?.leave()
    }
}
