import Synchronization

/// Bounds on what comes from outside, each with the name that an error message gives it.
///
/// Sizes are in bytes. The defaults are those of `docs/overview.md`; `limits.<name>` of a configuration changes one.
public struct Limits: Sendable, Hashable {
    /// One packfile, as transferred.
    public var packBytes = 512 << 20
    /// One object, inflated.
    public var objectBytes = 100 << 20
    /// All files of one capsule, inflated.
    public var expandedBytes = 1 << 30
    /// How many inflated bytes one compressed byte may give, once `ratioFloorBytes` are out.
    public var compressionRatio = 200
    /// Below this many inflated bytes the ratio is not looked at.
    public var ratioFloorBytes = 16 << 20
    /// All inflated bytes of one pack, delta results included.
    public var packExpandedBytes = 16 << 30
    /// Files of one capsule.
    public var entries = 50_000
    /// Objects of one pack.
    public var packObjects = 5_000_000
    /// One `manifest.json`.
    public var manifestBytes = 1 << 20
    /// Open brackets in JSON.
    public var jsonDepth = 64
    /// The base-two logarithm of a zstd window.
    public var zstdWindowLog = 27
    /// Deltas between an object and its full form.
    public var deltaDepth = 50
    /// Ref updates of one push.
    public var refsPerPush = 1_000
    /// Capsules that one choice of versions asks places for, whether they have them or not.
    public var resolutionCapsules = 100_000
    /// How many capsules one may require through each other in one choice of versions, one after the other.
    public var resolutionDepth = 16_384
    /// Releases that one choice of versions looks at.
    public var resolutionReleases = 1_000_000
    /// All indexes that hubs send for one choice of versions.
    public var indexBytes = 512 << 20
    /// One member of a bundle.
    public var bundleMemberBytes = 50 << 20

    /// The limits of this process where no others are given: the defaults, unless ``use(_:)`` came first.
    public static let standard = chosen.limits.withLock { $0 }

    /// An object, since optimised builds of Swift 6.3 read a static mutex of this size before it is set up.
    private final class Choice: Sendable {
        let limits = Mutex(Limits())
    }

    private static let chosen = Choice()

    /// Makes the default limits, to be changed field by field.
    public init() {}

    /// Sets what ``standard`` is. Only an executable calls it, at its start: it has no effect once `standard` has been read.
    package static func use(_ limits: Limits) { chosen.limits.withLock { $0 = limits } }
}
