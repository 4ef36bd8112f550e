package import Capsules
import Dispatch
import Glibc
import Objects
import Synchronization

extension Workspace {
    /// Looks at many capsules, on all processors; the result has the order of the ids.
    ///
    /// Blocks until all are done. What cannot be looked at says why in its own status. Capsules that were clean the last time
    /// and whose metadata is the same are not opened.
    package func statuses(of ids: [CapsuleID]) -> [CapsuleStatus] {
        guard ids.count > 1 else { return ids.map { capsule($0).statusOrProblem() } }
        let cache = StatusCache(self)
        let known = knownStatuses(of: ids, in: cache)
        let moment = StatMoment.now
        let fresh = map(ids.indices.filter { known[$0] == nil }) { index in
            let capsule = capsule(ids[index])
            let print = StatusFingerprint(capsule, at: moment)
            return (index: index, status: capsule.statusOrProblem(), print: print)
        }
        var statuses = known
        var found: [(CapsuleStatus, StatusFingerprint)] = []
        for item in fresh {
            statuses[item.index] = item.status
            if let print = item.print, item.status.isCacheable { found.append((item.status, print)) }
        }
        let kept = known.compactMap { $0 }
        if !found.isEmpty || kept.count < cache.count {
            cache.save(keeping: kept, adding: found, in: self)
        }
        return statuses.compactMap { $0 }
    }

    /// The statuses that the cache has and that still hold.
    private func knownStatuses(of ids: [CapsuleID], in cache: StatusCache) -> [CapsuleStatus?] {
        // A note about an unfinished change of a capsule, or a merge, makes what is known of it worthless.
        let pending = Set(
            [pendingDirectory, mergeDirectory].flatMap { (try? Directory.names(in: $0)) ?? [] }
                .map { String(decoding: $0, as: UTF8.self) })
        guard let store = try? OpenFile(storeDirectory, O_RDONLY | O_DIRECTORY),
            let capsules = try? OpenFile(capsulesDirectory, O_RDONLY | O_DIRECTORY)
        else { return ids.map { _ in nil } }
        let (storeDescriptor, capsulesDescriptor) = (store.descriptor, capsules.descriptor)
        let result = map(Array(ids)) { id -> CapsuleStatus? in
            guard !pending.contains(id.string) else { return nil }
            return cache.status(of: id, store: storeDescriptor, capsules: capsulesDescriptor)
        }
        // Open until here.
        _ = (store.descriptor, capsules.descriptor)
        return result
    }

    /// Does the same with every item, several at a time; the result has the items' order.
    private func map<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ body: @Sendable (Item) -> Result
    ) -> [Result] {
        let share = 64
        let shares = (items.count + share - 1) / share
        let results = Mutex<[Int: [Result]]>([:])
        DispatchQueue.concurrentPerform(iterations: shares) { index in
            let part = items[(index * share)..<min((index + 1) * share, items.count)].map(body)
            results.withLock { $0[index] = part }
        }
        return results.withLock { results in (0..<shares).flatMap { results[$0] ?? [] } }
    }
}

extension CapsuleStatus {
    /// Whether metadata is enough to see that nothing has changed.
    fileprivate var isCacheable: Bool {
        state == .clean && problem == nil && head != nil && head == base && form != nil
    }
}
