package import Capsules
package import Isolation

/// What somebody allows a run: the request, the manifest, the policy of a host. Nil is no word about it.
package struct RunLimits: Hashable, Sendable {
    package var milliseconds: UInt64?
    package var memoryBytes: UInt64?
    package var milliprocessors: UInt64?
    package var temporaryBytes: UInt64?
    package var outputBytes: UInt64?
    package var processes: UInt64?
    package var networkCalls: UInt64?

    /// Says nothing.
    package init() {}

    /// What a caller asks for; 0 is no word either (row A-087).
    package init(milliseconds: UInt64?, memoryBytes: UInt64?) {
        self.milliseconds = milliseconds == 0 ? nil : milliseconds
        self.memoryBytes = memoryBytes == 0 ? nil : memoryBytes
    }

    /// What a capsule asks for itself, and for one of its tools.
    package init(_ manifest: Manifest, tool: ToolDeclaration? = nil) {
        let sandbox = manifest.sandbox.resourceLimits
        let own = tool?.timeout.flatMap { UInt64(exactly: $0) }
        milliseconds = Self.least(own, sandbox.maxDuration.flatMap { UInt64(exactly: $0) })
        memoryBytes = Self.least(
            Self.least(tool?.memory.flatMap(Self.bytes), sandbox.maxMemory.flatMap(Self.bytes)),
            manifest.resources.memory.max.flatMap(Self.bytes))
        milliprocessors = sandbox.maxCpu.flatMap { $0 > 0 && $0 < 10_000 ? UInt64($0 * 1_000) : nil }
        temporaryBytes = manifest.resources.storage.temporary.flatMap(Self.bytes)
        networkCalls = sandbox.maxNetworkCalls.flatMap { UInt64(exactly: $0) }
    }

    /// The most that any run gets where a host says nothing else.
    package static let ceiling: RunLimits = {
        var limits = RunLimits()
        limits.milliseconds = 600_000
        limits.memoryBytes = 4 << 30
        limits.milliprocessors = 4_000
        limits.temporaryBytes = 1 << 30
        limits.outputBytes = 64 << 20
        limits.processes = 256
        limits.networkCalls = 1_000
        return limits
    }()

    /// The least of what some say of each, the default where nobody says anything.
    package static func effective(_ words: [RunLimits]) -> SandboxLimits {
        func least(_ member: KeyPath<RunLimits, UInt64?>, else default: UInt64) -> UInt64 {
            let said = words.compactMap { $0[keyPath: member] }.min() ?? `default`
            return min(said, ceiling[keyPath: member] ?? .max)
        }
        let defaults = SandboxLimits()
        return SandboxLimits(
            milliseconds: max(1, least(\.milliseconds, else: defaults.milliseconds)),
            memoryBytes: least(\.memoryBytes, else: defaults.memoryBytes),
            milliprocessors: max(10, least(\.milliprocessors, else: defaults.milliprocessors)),
            processes: least(\.processes, else: defaults.processes),
            outputBytes: least(\.outputBytes, else: defaults.outputBytes),
            temporaryBytes: least(\.temporaryBytes, else: defaults.temporaryBytes), openFiles: defaults.openFiles)
    }

    private static func least(_ one: UInt64?, _ other: UInt64?) -> UInt64? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    private static func bytes(_ size: ByteSize) -> UInt64? {
        UInt64(exactly: size.bytes).flatMap { $0 == 0 ? nil : $0 }
    }
}
