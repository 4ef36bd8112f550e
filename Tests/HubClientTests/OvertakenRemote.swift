import HubClient
import Objects
import Wire

/// A remote that somebody else changes between the look at its references and the push.
final class OvertakenRemote: RemoteRepository {
    private let remote: any RemoteRepository
    private let overtake: () throws -> Void

    init(_ remote: any RemoteRepository, _ overtake: @escaping () throws -> Void) {
        self.remote = remote
        self.overtake = overtake
    }

    var location: String { remote.location }

    func refs() throws -> RemoteRefs { try remote.refs() }

    func fetch(
        _ wants: [ObjectID], negotiator: HistoryNegotiator, progress: (TransferProgress) -> Void,
        sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws {
        try remote.fetch(wants, negotiator: negotiator, progress: progress, sink: sink)
    }

    func refsForPush() throws -> RemoteRefs {
        let refs = try remote.refsForPush()
        try overtake()
        return refs
    }

    func push(
        _ commands: [PushCommand], progress: (TransferProgress) -> Void,
        pack: (_ sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void) throws(AmxError) -> Void
    ) throws -> PushReport {
        try remote.push(commands, progress: progress, pack: pack)
    }
}
