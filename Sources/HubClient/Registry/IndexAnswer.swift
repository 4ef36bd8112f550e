package import Capsules
package import Objects

/// What came of asking for one index.
package enum IndexAnswer: Sendable {
    /// The index, and how many seconds ago the hub has said so: 0 unless it comes from the cache of an offline client.
    case found(ReleaseIndex, age: Int64)
    /// The hub has no such capsule, or none that may be seen.
    case missing
    /// The server is no hub: releases are to be read from its repositories.
    case unsupported
    /// It could not be asked, or its answer cannot be used: then the cause is a ``RegistryOffence``.
    case failed(AmxError)
}
