import Objects
import Synchronization

extension Workspace {
    /// The folders that may lie on file systems of their own, for a ``SyncGroup``.
    package var syncedFolders: [String] { [root, metadata, storeDirectory, capsulesDirectory] }

    /// Does the same with many working copies, several at a time; what was not begun since something had failed before is nil.
    ///
    /// Each piece of work is durable when it returns, as if it were done alone. It must keep to its own working copy.
    func outcomes<Item: Sendable, Result: Sendable>(
        inGroup items: [Item], running: Int = 4, _ body: @escaping @Sendable (Item) throws(AmxError) -> Result
    ) -> [Swift.Result<Result, AmxError>?] {
        let failure = FirstFailure()
        return SyncGroup(on: syncedFolders).map(items, running: running) { item in
            guard !failure.hasCome else { return nil }
            do throws(AmxError) {
                return .success(try body(item))
            } catch {
                failure.come()
                return .failure(error)
            }
        }
    }
}

/// Whether one of several threads has failed.
private final class FirstFailure: Sendable {
    private let flag = Atomic<Bool>(false)
    var hasCome: Bool { flag.load(ordering: .relaxed) }
    func come() { flag.store(true, ordering: .relaxed) }
}
