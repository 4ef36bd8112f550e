/// What a gate is asked for (row S-086).
package enum GateCheck: String, Hashable, Sendable, CaseIterable {
    case http
    case fileRead
    case fileWrite
    case hostProcess
    case netBind
    case netConnect
    case uplinkRegister
    case identity
}

extension FileAccess {
    /// What a gate is asked for with it.
    package var check: GateCheck {
        switch self {
        case .read: .fileRead
        case .write: .fileWrite
        }
    }
}
