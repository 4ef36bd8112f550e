import Objects

/// The repository that a push goes into: an existing one, or a new one that gets its address when the push succeeds.
///
/// Used by one thread.
final class PushTarget {
    let repository: Repository
    private let address: CapsuleAddress
    private let store: RepositoryStore
    private var isUnpublished: Bool

    init(_ address: CapsuleAddress, in store: RepositoryStore) throws(AmxError) {
        self.address = address
        self.store = store
        isUnpublished = !store.contains(address)
        repository = try isUnpublished ? store.createIncoming() : store.open(address)
    }

    /// Gives a new repository its address; nothing to do for an existing one.
    func publish() throws(AmxError) {
        guard isUnpublished else { return }
        try store.publish(repository, as: address)
        isUnpublished = false
    }

    /// Removes a new repository that was not published.
    func discard() {
        guard isUnpublished else { return }
        try? Directory.remove(repository.path)
        isUnpublished = false
    }
}
