package import Objects
package import Wire

/// The repository of one capsule in another place, wherever that is.
///
/// Blocking; used by one thread. All errors are `AmxError`: `.notFound` when there is no such repository,
/// `.authentication`, `.network`.
package protocol RemoteRepository: AnyObject {
    /// Where it is, without secrets, for messages.
    var location: String { get }

    /// Reads its references.
    func refs() throws -> RemoteRefs

    /// Gets a pack of everything that `wants` reach and `negotiator` does not offer.
    ///
    /// The pack is complete when this returns; what it holds is not to be trusted.
    func fetch(
        _ wants: [ObjectID], negotiator: HistoryNegotiator, progress: (TransferProgress) -> Void,
        sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws

    /// The request that the pack under way answers, where it can be asked for again by `resume`; nil elsewhere.
    var resumableRequest: [UInt8]? { get }

    /// The place where packs that break off are kept; nil where nothing is, or another transfer uses it.
    func openKept() -> KeptPack?

    /// Asks again for the pack that a request has been answered by, of which the start is here.
    ///
    /// False, and nothing else has happened, when the other side does not go on behind that start. `begin` is called before `sink`.
    func resume(
        _ request: [UInt8], after prefix: PackPrefix, progress: (TransferProgress) -> Void,
        begin: () throws(AmxError) -> Void, sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws -> Bool

    /// Reads its references before a push, which also shows whether a push is allowed at all.
    ///
    /// A repository that the push would make has no references yet.
    func refsForPush() throws -> RemoteRefs

    /// Whether a push may leave out what deltas are made against and the other side has; told by `refsForPush`.
    var takesThinPacks: Bool { get }

    /// How much of the last push's pack had gone in an earlier one that broke off.
    var resumedBytes: Int { get }

    /// Asks for updates, each on its own, and says what became of each; `refsForPush` comes first.
    ///
    /// `pack` writes what the other side lacks, the same bytes whenever it is called, which may be several times; it is not called when nothing but deletions is asked for.
    func push(
        _ commands: [PushCommand], progress: (TransferProgress) -> Void,
        pack: (_ sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void) throws(AmxError) -> Void
    ) throws -> PushReport
}

extension RemoteRepository {
    package var resumableRequest: [UInt8]? { nil }

    package var resumedBytes: Int { 0 }
    package var takesThinPacks: Bool { true }

    package func openKept() -> KeptPack? { nil }

    package func resume(
        _ request: [UInt8], after prefix: PackPrefix, progress: (TransferProgress) -> Void,
        begin: () throws(AmxError) -> Void, sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws -> Bool { false }
}
