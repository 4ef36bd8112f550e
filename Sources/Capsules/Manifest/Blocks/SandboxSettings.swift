/// The sandbox that a capsule asks for: seed 001's `SandboxConfig` without its level (rows U-002 to U-004).
///
/// Each member is nil where the manifest does not say. It asks only: what holds is the least of it, the request, the policy and the
/// host's ceiling.
package struct SandboxSettings: Hashable, Sendable {
    package enum Isolation: String, Hashable, Sendable, CaseIterable {
        case container
        case vm
    }

    /// The most that a run may take.
    package struct ResourceLimits: Hashable, Sendable {
        package var maxMemory: ByteSize?
        /// In cores, also fractions.
        package var maxCpu: Double?
        /// In milliseconds.
        package var maxDuration: Int?
        /// 0 for none.
        package var maxNetworkCalls: Int?
    }

    package var resourceLimits = ResourceLimits()
    package var isolation: Isolation?
    /// False overrides whatever hosts are listed.
    package var networkAccess: Bool?
    package var persistentStorage: Bool?

    /// Asks for nothing.
    package init() {}
}
