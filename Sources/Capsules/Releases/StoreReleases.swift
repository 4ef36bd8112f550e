package import Objects
import Synchronization

/// The releases of the capsules of one store: this workspace's, another's, a folder of bare repositories.
///
/// Each repository is looked at once, when it is first needed, so all answers belong to that moment: make a new one for each
/// command. Calls block; safe for use by several threads.
package final class StoreReleases: Sendable {
    /// Where a capsule's repository lies, whether or not it is there, and the file that remembers its releases.
    package typealias Place = (repository: String, table: String?)

    private typealias Answer = Result<[Release]?, AmxError>

    private let place: @Sendable (CapsuleID) -> Place
    private let limits: Limits
    private let memory: ManifestMemory
    private let known = Mutex<[CapsuleID: Answer]>([:])

    /// Prepares; nothing is looked at yet.
    package init(
        limits: Limits = .standard, memory: ManifestMemory = .shared, place: @escaping @Sendable (CapsuleID) -> Place
    ) {
        self.place = place
        self.limits = limits
        self.memory = memory
    }

    /// A capsule's releases, ascending; nil where the store has no repository of it. Throws as ``ReleaseReader/releases(in:table:)`` does.
    package func releases(of id: CapsuleID) throws(AmxError) -> [Release]? { try answer(of: id).get() }

    /// Reads these capsules and all that their releases need, on all processors: threads that start once cost less than a solver's many
    /// small questions. What cannot be read says so when it is asked for.
    package func prefetch(_ ids: [CapsuleID]) {
        let unknown = known.withLock { known in ids.filter { known[$0] == nil } }
        guard !unknown.isEmpty else { return }
        WorkerThreads.visit(unknown, threads: WorkerThreads.processors) { id in
            guard case .success(let releases) = self.answer(of: id) else { return [] }
            return Self.needs(of: releases ?? [])
        }
    }

    /// The capsules that releases need; some more than once.
    private static func needs(of releases: [Release]) -> [CapsuleID] {
        var needs: [CapsuleID] = []
        var previous: [Dependency] = []
        // Most releases need what the one before them does.
        for release in releases where release.dependencies != previous {
            previous = release.dependencies
            for dependency in previous where dependency.kind != .development { needs.append(dependency.id) }
        }
        return needs
    }

    /// What is known of a capsule, or is found out now; of two threads that do, the first one's answer stays.
    private func answer(of id: CapsuleID) -> Answer {
        if let answer = known.withLock({ $0[id] }) { return answer }
        let fresh = look(for: id)
        return known.withLock { known in
            let answer = known[id] ?? fresh
            known[id] = answer
            return answer
        }
    }

    private func look(for id: CapsuleID) -> Answer {
        let place = place(id)
        guard Directory.isDirectory(place.repository) else { return .success(nil) }
        do throws(AmxError) {
            return .success(
                try ReleaseReader(id, limits: limits, memory: memory).releases(in: place.repository, table: place.table)
            )
        } catch {
            return .failure(error)
        }
    }
}
