package import Objects
import Synchronization
import Versions

/// Remembers what manifests say by the ids of their blobs, so that a process parses equal ones once, and for a while what the names of
/// versions led to (`docs/resolution.md`, "What is kept").
///
/// Safe for use by several threads; two that meet a new blob at the same moment may both parse it.
package final class ManifestMemory: Sendable {
    /// What all of a process shares.
    package static let shared = ManifestMemory()

    /// What was found in blobs, up to a number of them, at which all is forgotten.
    private struct Table<Value: Sendable> {
        let capacity: Int
        private var values: [ObjectID: (value: Value, depth: Int)] = [:]

        init(capacity: Int) { self.capacity = capacity }

        /// By the limit on depth as well: a deeper manifest is valid for one and not for another. A process mostly has one.
        subscript(blob: ObjectID, depth: Int) -> Value? {
            get { values[blob].flatMap { $0.depth == depth ? $0.value : nil } }
            set {
                if values.count >= capacity { values = [:] }
                values[blob] = newValue.map { ($0, depth) }
            }
        }
    }

    /// A manifest that a name led to, and the tree that it stands in.
    private struct Named: Sendable {
        let tree: ObjectID
        let manifest: Manifest
    }

    private struct State {
        var facts = Table<Result<ManifestFacts, AmxError>>(capacity: 1 << 17)
        /// Whole ones take more room.
        var manifests = Table<Manifest>(capacity: 1 << 12)
        var names = RecentLookups<Named>()
        var parsed = 0
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Int64

    /// Remembers nothing yet. The clock is of nanoseconds and only goes forward.
    package init(now: @escaping @Sendable () -> Int64 = MonotonicClock.nanoseconds) { self.now = now }

    /// How many manifests were parsed through this memory.
    package var parsed: Int { state.withLock { $0.parsed } }

    /// What a blob says, whose size is within the limits; `bytes` is asked for what is not known, and what it throws is not remembered.
    func facts<Failure: Error>(
        of blob: ObjectID, limits: Limits, _ bytes: () throws(Failure) -> [UInt8]
    ) throws(Failure) -> Result<ManifestFacts, AmxError> {
        if let known = state.withLock({ $0.facts[blob, limits.jsonDepth] }) { return known }
        let bytes = try bytes()
        let facts: Result<ManifestFacts, AmxError>
        do throws(AmxError) {
            facts = .success(try ManifestFacts(parsing: bytes, limits: limits))
        } catch {
            facts = .failure(error)
        }
        state.withLock { state in
            state.facts[blob, limits.jsonDepth] = facts
            state.parsed += 1
        }
        return facts
    }

    /// The manifest in a blob; `bytes` is asked for what is not known, and what is no manifest is not remembered.
    package func manifest(
        in blob: ObjectID, file: String, limits: Limits = .standard, _ bytes: () throws(AmxError) -> [UInt8]
    ) throws(AmxError) -> Manifest {
        if let known = state.withLock({ $0.manifests[blob, limits.jsonDepth] }) { return known }
        let manifest = try Manifest.parse(bytes(), file: file, limits: limits)
        state.withLock { state in
            state.manifests[blob, limits.jsonDepth] = manifest
            state.parsed += 1
        }
        return manifest
    }

    /// The manifest of a version as `amx.lock` has it; `look` is asked for what was not looked for in the last five minutes, or led
    /// to another tree. That there is none is not remembered.
    package func manifest(
        of entry: LockedCapsule, _ look: () throws(AmxError) -> Manifest?
    ) throws(AmxError) -> Manifest? {
        let name = RecentLookups<Named>.Name(id: entry.id, version: entry.version.text)
        let now = now()
        if let known = state.withLock({ $0.names.value(of: name, at: now) }), known.tree == entry.tree {
            return known.manifest
        }
        guard let manifest = try look() else { return nil }
        state.withLock { $0.names.keep(Named(tree: entry.tree, manifest: manifest), of: name, at: now) }
        return manifest
    }

    /// Forgets what the names of a capsule's versions led to: it has come, moved or gone. What blobs say stays, for they never change.
    package func forget(_ id: CapsuleID) { state.withLock { $0.names.forget(id) } }
}
