package import Objects

/// A place, or several, that capsules' releases are known from: stores, a hub's index.
///
/// It gives the same answer to the same question for as long as it lives. Safe for use by several threads; calls may block.
package protocol ReleaseSource: Sendable {
    /// What is offered of a capsule; nothing for one that is not known. Throws what keeps it from answering at all.
    func releases(of id: CapsuleID) throws(AmxError) -> [OfferedReleases]

    /// Says which capsules will be asked for next.
    func prefetch(_ ids: [CapsuleID])
}
