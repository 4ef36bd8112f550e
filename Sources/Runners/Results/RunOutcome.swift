package import Guard

/// How a run ended. The texts are stable (`docs/running.md`, "Outcomes").
package enum RunOutcome: Hashable, Sendable {
    case ok
    /// The sandbox could not be made, or the program not be started in it; nothing of the capsule ran.
    case setupFailed
    case timeout
    /// It needed more memory than it may have.
    case oom
    /// The engine stopped it: an exception that nobody caught, an instruction that cannot be done, an answer that is none.
    case trap(String)
    case signal(UInt8)
    case exit(UInt8)
    case denied(AccessDenial.Layer)
}

extension RunOutcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .ok: "ok"
        case .setupFailed: "setup_failed"
        case .timeout: "timeout"
        case .oom: "oom"
        case .trap(let code): "trap(\(code))"
        case .signal(let number): "signal(\(number))"
        case .exit(let status): "exit(\(status))"
        case .denied(let layer): "denied(\(layer.rawValue))"
        }
    }
}
