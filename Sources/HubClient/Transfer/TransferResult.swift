package import Capsules
package import Objects

/// What a fetch or a push of one capsule did.
package struct TransferResult: Sendable, Hashable {
    /// The capsule.
    package let id: CapsuleID
    /// Every reference that was looked at, in bytewise order.
    package let refs: [RefOutcome]
    /// The branch that is current on the other side, born or not; nil when it does not say.
    package let head: RefName?

    /// How many bytes of the pack had come, or gone, in an earlier transfer that broke off; 0 for one that began anew.
    package let resumedBytes: Int

    init(id: CapsuleID, refs: [RefOutcome], head: RefName?, resumedBytes: Int = 0) {
        self.resumedBytes = resumedBytes
        self.id = id
        self.refs = refs.sorted { $0.ref < $1.ref }
        self.head = head
    }

    /// Whose event chains the other side has, but for those that were refused.
    var chains: [ReplicaID] { refs.filter { $0.rejection == nil }.compactMap { ReplicaID(chain: $0.ref) } }

    /// The error with which a command ends after it has shown the result; nil when nothing was rejected.
    ///
    /// It speaks of the first reference and takes its code from it.
    package func failure(_ what: String) -> AmxError? {
        guard let first = refs.first(where: { $0.rejection != nil }), let rejection = first.rejection else {
            return nil
        }
        return AmxError(
            rejection.code, "cannot \(what) \(first.ref.string) of \(id): \(rejection.reason)", hint: rejection.hint)
    }
}
