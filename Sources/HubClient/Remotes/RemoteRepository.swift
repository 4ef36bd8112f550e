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

    /// Reads its references before a push, which also shows whether a push is allowed at all.
    ///
    /// A repository that the push would make has no references yet.
    func refsForPush() throws -> RemoteRefs

    /// Asks for updates, each on its own, and says what became of each; `refsForPush` comes first.
    ///
    /// `pack` writes what the other side lacks; it is not called when nothing but deletions is asked for.
    func push(
        _ commands: [PushCommand], progress: (TransferProgress) -> Void,
        pack: (_ sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void) throws(AmxError) -> Void
    ) throws -> PushReport
}
