package import Capsules
package import Isolation

/// What a run used (row A-088).
package struct ResourceUsage: Hashable, Sendable {
    /// Processor time in microseconds.
    package var processorMicroseconds: UInt64 = 0
    /// The most memory at one time in bytes; where no control group counts it, of the largest process.
    package var peakBytes: UInt64 = 0
    /// Whether its memory was only watched, as no control group held it.
    package var isMemoryWatched = false
    /// From its start to its end, in microseconds.
    package var wallMicroseconds: UInt64 = 0
    /// What it was given, and what it gave, in bytes.
    package var (bytesIn, bytesOut): (UInt64, UInt64) = (0, 0)
    /// Requests that went out for it.
    package var networkCalls: UInt64 = 0

    /// Nothing yet.
    package init() {}

    /// What a whole program used.
    package init(_ result: SandboxResult) {
        processorMicroseconds = result.processorMicroseconds
        peakBytes = result.peakBytes
        isMemoryWatched = result.isWatched
        wallMicroseconds = result.wallMicroseconds
    }

    /// The object of a result.
    package var json: JSONValue {
        [
            "cpuMs": .double(Self.milliseconds(processorMicroseconds)), "peakMemoryBytes": .count(peakBytes),
            "memoryWatched": .bool(isMemoryWatched),
            "wallMs": .double(Self.milliseconds(wallMicroseconds)), "bytesIn": .count(bytesIn),
            "bytesOut": .count(bytesOut), "networkCalls": .count(networkCalls),
        ]
    }

    private static func milliseconds(_ microseconds: UInt64) -> Double { Double(microseconds) / 1_000 }
}
