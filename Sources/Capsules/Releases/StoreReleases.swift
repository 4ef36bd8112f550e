package import Objects
import Synchronization

/// The releases of the capsules of one store: this workspace's, another's, a folder of bare repositories.
///
/// Each repository is looked at once, when it is first needed, so all answers belong to that moment: make a new one for each
/// command. Calls block; safe for use by several threads.
package final class StoreReleases: Sendable {
    /// Where a capsule's repository lies, whether or not it is there, and the file that remembers its releases.
    package typealias Place = (repository: String, table: String?)

    /// Not a `Result`: of one in a dictionary the language looks up at run time that its error is one, which costs as much as five tables.
    private enum Answer {
        /// The releases; nil where there is no repository.
        case found([Release]?)
        case failed(AmxError)
    }

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
    package func releases(of id: CapsuleID) throws(AmxError) -> [Release]? {
        switch answer(of: id) {
        case .found(let releases): return releases
        case .failed(let error): throw error
        }
    }

    /// Reads these capsules and all that their releases need, on all processors: threads that start once cost less than a solver's many
    /// small questions. What cannot be read says so when it is asked for.
    package func prefetch(_ ids: [CapsuleID]) {
        let unknown = known.withLock { known in ids.filter { known[$0] == nil } }
        guard !unknown.isEmpty else { return }
        WorkerThreads.visit(unknown, threads: WorkerThreads.processors) { id in
            guard case .found(let releases) = self.answer(of: id) else { return [] }
            return Self.needs(of: releases ?? [])
        }
    }

    /// The capsules that releases need; some more than once.
    private static func needs(of releases: [Release]) -> [CapsuleID] {
        var needs: [CapsuleID] = []
        var previous: [Dependency] = []
        // Most releases need what the one before them does, or other versions of the same.
        for dependencies in releases.lazy.map({ $0.dependencies }) where dependencies != previous {
            for (place, dependency) in dependencies.enumerated() where dependency.kind != .development {
                if place < previous.count, previous[place].id == dependency.id,
                    previous[place].kind != .development
                {
                    continue
                }
                needs.append(dependency.id)
            }
            previous = dependencies
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
        do throws(AmxError) {
            return .found(
                try ReleaseReader(id, limits: limits, memory: memory).releases(in: place.repository, table: place.table)
            )
        } catch {
            return Directory.isDirectory(place.repository) ? .failed(error) : .found(nil)
        }
    }
}
