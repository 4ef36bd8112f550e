import Guard

extension AccessDenial {
    /// What the program is told.
    var fault: HostFault { HostFault(layer == .quota ? .quotaExceeded : .denied, "\(description); \(remedy)") }
}
