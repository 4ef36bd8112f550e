package import Objects
import Synchronization

/// The releases of capsules in folders of bare repositories: this workspace's store, another's, a hub's owner on this machine.
///
/// Each repository is looked at once, when it is first needed, so all answers belong to that moment: make a new one for each
/// command. Calls block and use all processors for many capsules at once; safe for use by several threads.
package final class StoreReleases: ReleaseSource {
    private typealias Answer = Result<[OfferedReleases], AmxError>

    private let folders: [ReleaseFolder]
    private let limits: Limits
    private let memory: ManifestMemory
    private let known = Mutex<[CapsuleID: Answer]>([:])

    /// Looks into folders; the offers of a capsule have their order.
    package init(_ folders: [ReleaseFolder], limits: Limits = .standard, memory: ManifestMemory = .shared) {
        self.folders = folders
        self.limits = limits
        self.memory = memory
    }

    package func releases(of id: CapsuleID) throws(AmxError) -> [OfferedReleases] {
        try answer(of: id).get()
    }

    /// The same for many capsules; those that no folder has are left out. Throws the error of the first, by id, that has one.
    package func releases(of ids: some Sequence<CapsuleID>) throws(AmxError) -> [CapsuleID: [OfferedReleases]] {
        let ids = Set(ids).sorted()
        prefetch(ids)
        var found: [CapsuleID: [OfferedReleases]] = [:]
        for id in ids {
            let offers = try releases(of: id)
            if !offers.isEmpty { found[id] = offers }
        }
        return found
    }

    /// Reads these capsules and all that their releases need, on all processors: threads that start once cost less than a solver's many
    /// small questions.
    package func prefetch(_ ids: [CapsuleID]) {
        let unknown = known.withLock { known in ids.filter { known[$0] == nil } }
        guard !unknown.isEmpty else { return }
        WorkerThreads.visit(unknown, threads: WorkerThreads.processors) { id in
            guard case .success(let offers) = self.answer(of: id) else { return [] }
            return Self.needs(of: offers)
        }
    }

    /// The capsules that releases need; some more than once.
    private static func needs(of offers: [OfferedReleases]) -> [CapsuleID] {
        var needs: [CapsuleID] = []
        var previous: [Dependency] = []
        // Most releases need what the one before them does.
        for release in offers.flatMap(\.releases) where release.dependencies != previous {
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
        var offers: [OfferedReleases] = []
        for folder in folders {
            let path = folder.repository(of: id)
            guard Directory.isDirectory(path) else { continue }
            do throws(AmxError) {
                let reader = ReleaseReader(id, limits: limits, memory: memory, sharesObjects: folder.sharesObjects)
                let releases = try reader.releases(in: path, table: folder.table(of: id))
                if !releases.isEmpty { offers.append(OfferedReleases(source: folder.source, releases: releases)) }
            } catch {
                return .failure(error)
            }
        }
        return .success(offers)
    }
}
