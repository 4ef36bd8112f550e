import HubClient
import Objects
import Wire

/// A remote whose packs are damaged on their way.
final class CutRemote: RemoteRepository {
    enum Mode: CaseIterable {
        /// The connection breaks.
        case throwing
        /// The rest is missing, as if that were all.
        case silent
        /// One bit is wrong.
        case flipping
    }

    private let remote: any RemoteRepository
    private let count: Int
    private let mode: Mode

    init(_ remote: any RemoteRepository, after count: Int, _ mode: Mode) {
        self.remote = remote
        self.count = count
        self.mode = mode
    }

    var location: String { remote.location }

    func refs() throws -> RemoteRefs { try remote.refs() }

    func fetch(
        _ wants: [ObjectID], negotiator: HistoryNegotiator, progress: (TransferProgress) -> Void,
        sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws {
        var seen = 0
        let (count, mode) = (count, mode)
        try remote.fetch(wants, negotiator: negotiator, progress: progress) { bytes throws(AmxError) in
            let start = seen
            seen += bytes.count
            guard seen > count else { return try sink(bytes) }
            switch mode {
            case .throwing:
                try sink(UnsafeRawBufferPointer(rebasing: bytes.prefix(max(0, count - start))))
                throw AmxError(.network, "cut off")
            case .silent: try sink(UnsafeRawBufferPointer(rebasing: bytes.prefix(max(0, count - start))))
            case .flipping:
                var copy = Array(bytes)
                if start <= count { copy[count - start] ^= 1 }
                let failure: AmxError? = copy.withUnsafeBytes { buffer in
                    do throws(AmxError) { try sink(buffer) } catch { return error }
                    return nil
                }
                if let failure { throw failure }
            }
        }
    }

    func refsForPush() throws -> RemoteRefs { try remote.refsForPush() }

    func push(
        _ commands: [PushCommand], progress: (TransferProgress) -> Void,
        pack: (_ sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void) throws(AmxError) -> Void
    ) throws -> PushReport {
        let (count, mode) = (count, mode)
        return try remote.push(commands, progress: progress) { sink throws(AmxError) in
            let failure: AmxError? = withoutActuallyEscaping(sink) { sink in
                var seen = 0
                do throws(AmxError) {
                    try pack { bytes throws(AmxError) in
                        seen += bytes.count
                        if seen > count, mode == .throwing { throw AmxError(.failure, "cut off") }
                        try sink(bytes)
                    }
                } catch {
                    return error
                }
                return nil
            }
            if let failure { throw failure }
        }
    }
}
