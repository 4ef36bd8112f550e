import Objects
import Synchronization

/// Remembers what manifests say by the ids of their blobs, so that a process parses equal ones once.
///
/// Safe for use by several threads; two that meet a new blob at the same moment may both parse it.
package final class ManifestMemory: Sendable {
    /// What all of a process shares.
    package static let shared = ManifestMemory()

    /// How many manifests are remembered before all are forgotten.
    private static let capacity = 1 << 17

    private struct Key: Hashable {
        let blob: ObjectID
        /// A deeper manifest is valid for one limit and not for another.
        let depth: Int
    }

    private struct State {
        var facts: [Key: Result<ManifestFacts, AmxError>] = [:]
        var parsed = 0
    }

    private let state = Mutex(State())

    /// Remembers nothing yet.
    package init() {}

    /// How many manifests were parsed through this memory.
    package var parsed: Int { state.withLock { $0.parsed } }

    /// What a blob says, whose size is within the limits; `bytes` is asked for what is not known, and what it throws is not remembered.
    func facts<Failure: Error>(
        of blob: ObjectID, limits: Limits, _ bytes: () throws(Failure) -> [UInt8]
    ) throws(Failure) -> Result<ManifestFacts, AmxError> {
        let key = Key(blob: blob, depth: limits.jsonDepth)
        if let known = state.withLock({ $0.facts[key] }) { return known }
        let bytes = try bytes()
        let facts: Result<ManifestFacts, AmxError>
        do throws(AmxError) {
            facts = .success(try ManifestFacts(parsing: bytes, limits: limits))
        } catch {
            facts = .failure(error)
        }
        state.withLock { state in
            if state.facts.count >= Self.capacity { state.facts = [:] }
            state.facts[key] = facts
            state.parsed += 1
        }
        return facts
    }
}
