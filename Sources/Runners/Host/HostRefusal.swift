import Guard

/// Why a host function gives no result.
enum HostRefusal: Error, Hashable, Sendable {
    /// The capsule may not have it; that is kept for the run's record.
    case denied(AccessDenial)
    case fault(HostFault)

    /// It was not called as it must be.
    static func invalid(_ message: String) -> HostRefusal { .fault(HostFault(.invalidParameters, message)) }

    /// A limit of the host is reached that no manifest changes.
    static func tooMuch(_ message: String) -> HostRefusal { .fault(HostFault(.quotaExceeded, message)) }

    /// Something outside failed.
    static func failed(_ message: String) -> HostRefusal { .fault(HostFault(.failed, message)) }
}
