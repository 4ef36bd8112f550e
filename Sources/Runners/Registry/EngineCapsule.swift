package import Capsules
import Isolation
package import Objects
import Synchronization

/// A loaded capsule with its engines. Safe for use by several threads, one of which uses the engines at a time.
package final class EngineCapsule: LoadedCapsule {
    package let id: CapsuleID
    package let uplinks: [UplinkDeclaration]
    /// Names this loading.
    package let instance = InstanceID()
    private let engines: Mutex<EngineSet>

    /// Composes the engines of a manifest over a folder with exactly the capsule's files; nothing starts. `heldMemory` refuses to run where
    /// memory would only be watched.
    package init(
        worker: String, showing folder: String, of manifest: Manifest, settings: [String: String] = [:],
        heldMemory: Bool = false
    ) {
        (id, uplinks) = (manifest.id, manifest.uplinks)
        engines = Mutex(
            EngineSet(
                worker: worker, showing: folder, of: manifest, settings: settings, heldMemory: heldMemory))
    }

    /// What the engines are at together.
    package var state: EngineState { engines.withLock { $0.state } }

    /// Loads the engines before a moment of the monotonic clock in nanoseconds.
    package func waitUntilReady(
        by deadline: Int64, check: @Sendable () throws(AmxError) -> Void = {}
    ) throws(AmxError) -> EngineSet.Readiness {
        try engines.withLock { engines throws(AmxError) in try engines.waitUntilReady(by: deadline, check: check) }
    }

    /// The tools that the engines have besides those of the manifest; they are loaded.
    package func offeredTools(check: @Sendable () throws(AmxError) -> Void = {}) throws(AmxError) -> [OfferedTool] {
        try engines.withLock { engines throws(AmxError) in try engines.offeredTools(check: check) }
    }

    /// Asks the engines whether they are there (row S-095).
    package func checkHealth(check: @Sendable () throws(AmxError) -> Void = {}) throws(AmxError) -> EngineState {
        try engines.withLock { engines throws(AmxError) in try engines.checkHealth(check: check) }
    }

    /// Unloads the engines, as far as they can be.
    package func unload() throws(AmxError) {
        try engines.withLock { engines throws(AmxError) in try engines.unload() }
    }
}
