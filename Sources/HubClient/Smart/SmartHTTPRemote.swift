import Capsules
package import Objects
package import Wire

/// A repository behind git's smart HTTP: a hub's or any other git server's.
///
/// Fetches in protocol v2 where the server speaks it, else in v0 or v1; pushes in v0. Blocking; used by one thread.
package final class SmartHTTPRemote: RemoteRepository {
    /// How much text for the user is read in one answer.
    private static let messageLimit = 4 << 20

    let connection: SmartHTTPConnection
    let agent: String
    var fetchServer: ServerAdvertisement?
    private var pushServer: ServerAdvertisement?
    private let kept: KeptPacks?
    package private(set) var resumableRequest: [UInt8]?
    package private(set) var resumedBytes = 0

    /// Names a repository; nothing is sent yet. `agent` is how the client introduces itself, such as `amx/1.0`.
    ///
    /// Packs that break off are `kept`, where the server can go on with them.
    package init(
        session: HTTPSession, credentials: CredentialSource, address: WebAddress, agent: String, kept: KeptPacks? = nil
    ) {
        self.kept = kept
        connection = SmartHTTPConnection(session: session, credentials: credentials, address: address)
        self.agent = agent
    }

    package var location: String { connection.named.text }

    package func refs() throws -> RemoteRefs {
        try naming("read") {
            let server = try discover(.uploadPack, version: .v2)
            fetchServer = server
            guard server.version == .v2 else { return RemoteRefs(server.refs) }
            return RemoteRefs(try list(["HEAD", "refs/heads/", "refs/tags/", ReplicaID.chainPrefix], of: server))
        }
    }

    /// Asks a server that speaks v2 for the references whose names begin so.
    func list(_ prefixes: [String], of server: ServerAdvertisement) throws -> RefAdvertisement {
        var reader = LsRefsReader()
        let question = server.lsRefs(prefixes: prefixes, agent: agent)
        try connection.post(.uploadPack, version: .v2, body: question.encoded(), expectsPace: true) {
            try reader.append($0)
        }
        return try reader.finish()
    }

    package func fetch(
        _ wants: [ObjectID], negotiator: HistoryNegotiator, progress: (TransferProgress) -> Void,
        sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws {
        try naming("fetch from") {
            let server = try fetchServer ?? discover(.uploadPack, version: .v2)
            let session = try FetchSession(FetchGoal(wants: wants), from: server, negotiator: negotiator, agent: agent)
            try run(session, with: server, progress: progress) {
            } sink: {
                try sink($0)
            }
        }
    }

    package func openKept() -> KeptPack? {
        guard let kept, let fetchServer, Self.resumes(fetchServer) else { return nil }
        kept.sweep()
        return kept.open(group: "fetch", name: SHA256Hasher.hash(of: Array(location.utf8)).hex)
    }

    package func resume(
        _ request: [UInt8], after prefix: PackPrefix, progress: (TransferProgress) -> Void,
        begin: () throws(AmxError) -> Void, sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws -> Bool {
        try naming("fetch from") {
            guard let server = fetchServer, Self.resumes(server) else { return false }
            let session = try FetchSession(again: request, after: prefix, agent: agent)
            var isResumed = false
            do {
                try run(session, with: server, progress: progress) {
                    isResumed = true
                    try begin()
                } sink: {
                    guard isResumed else { throw OtherPack() }
                    try sink($0)
                } offence: { error in
                    isResumed ? error : OtherPack()
                }
            } catch is OtherPack {
                return false
            }
            return isResumed
        }
    }

    /// Ends an answer that is not the rest of the pack that was begun.
    private struct OtherPack: Error {}

    private static func resumes(_ server: ServerAdvertisement) -> Bool {
        server.version == .v2 && server.capabilities.features(of: "fetch").contains(ResumeMarker.name)
    }

    /// Sends the requests of a session and takes the answers; `resumed` is called where the server goes on with a pack, and `offence`
    /// chooses what is thrown for what the server says of its failure, and for what it may not say.
    func run(
        _ fetch: FetchSession, with server: ServerAdvertisement, progress: (TransferProgress) -> Void,
        resumed: () throws -> Void, sink: (UnsafeRawBufferPointer) throws -> Void,
        offence: (any Error) -> any Error = { $0 }
    ) throws {
        var session = fetch
        var messages = 0
        var hasBegun = false
        while let body = try session.nextRequest() {
            resumableRequest = Self.resumes(server) ? body : nil
            var news = connection.newsGuard()
            try connection.post(.uploadPack, version: server.version, body: body) { bytes in
                let events: [FetchEvent]
                do { events = try session.receive(bytes) } catch { throw offence(error) }
                for event in events {
                    switch event {
                    case .pack(let bytes):
                        hasBegun = true
                        try bytes.withUnsafeBytes { try sink($0) }
                    case .progress(let text):
                        messages += text.utf8.count
                        try Self.check(messages)
                        progress(.message(text))
                    case .resumed: try resumed()
                    case .acknowledged, .shallow: break
                    }
                }
                try news.note(isNews: !events.isEmpty)
                // Between packets before the pack, the server may be counting.
                connection.expectsPace = hasBegun || session.isMidPacket
            }
            try session.endAnswer()
        }
    }

    package func refsForPush() throws -> RemoteRefs {
        try naming("push to") {
            let server = try discover(.receivePack, version: .v0)
            pushServer = server
            return RemoteRefs(server.refs)
        }
    }

    package var takesThinPacks: Bool { pushServer.map { !$0.capabilities.contains("no-thin") } ?? false }

    package func push(
        _ commands: [PushCommand], progress: (TransferProgress) -> Void,
        pack: (_ sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void) throws(AmxError) -> Void
    ) throws -> PushReport {
        try naming("push to") {
            let server = try pushServer ?? discover(.receivePack, version: .v0)
            var request = try PushRequest(commands, to: server, agent: agent)
            resumedBytes = 0
            if request.expectsPack, server.capabilities.contains(ResumeMarker.name) {
                let offer = server.capabilities.value(of: ResumeMarker.name).flatMap { KeptPush($0) }
                if let offer, offer.commands == KeptPush.digest(of: commands),
                    let report = try resume(request, after: offer.prefix, progress: progress, pack: pack)
                {
                    return report
                }
                request.capabilities.append(ResumeMarker.name)
            }
            return try send(request, progress: progress) { upload in
                try upload.write(request.encoded())
                if request.expectsPack { try pack { bytes throws(AmxError) in try upload.write(bytes) } }
            }
        }
    }

    /// Goes on with a push that broke off; nil when its pack is not the one that was begun, or the server has nothing of it any more.
    private func resume(
        _ plain: PushRequest, after prefix: PackPrefix, progress: (TransferProgress) -> Void,
        pack: (_ sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void) throws(AmxError) -> Void
    ) throws -> PushReport? {
        var request = plain
        request.capabilities.append(ResumeMarker.name, prefix.text)
        let head = request.encoded()
        var continuation = PackContinuation(after: prefix)
        let report: PushReport
        do {
            report = try withoutActuallyEscaping(progress) { told in
                try send(request, progress: progress) { upload in
                    try pack { bytes throws(AmxError) in
                        let isBehind = continuation.state == .same
                        let rest = try continuation.take(bytes)
                        if !isBehind, continuation.state == .same {
                            told(.resuming(bytes: prefix.bytes))
                            try upload.write(head)
                        }
                        try upload.write(rest)
                    }
                    // A pack that ends before is another one.
                    if continuation.state != .same { throw PackContinuation.mismatch }
                }
            }
        } catch let error as AmxError where continuation.state != .same && error.code == .conflict {
            return nil
        }
        if let failure = report.unpackFailure, failure.hasPrefix(KeptPush.gone) { return nil }
        resumedBytes = prefix.bytes
        return report
    }

    /// Sends a push and reads its report.
    private func send(
        _ request: PushRequest, progress: (TransferProgress) -> Void, from produce: (HTTPUpload) throws -> Void
    ) throws -> PushReport {
        var reader = PushReportReader(to: request)
        var messages = 0
        var news = connection.newsGuard()
        try connection.post(.receivePack, version: .v0, from: produce) { bytes in
            let said = reader.saidBytes
            let texts = try reader.append(bytes)
            try news.note(isNews: reader.saidBytes > said)
            for text in texts {
                messages += text.utf8.count
                try Self.check(messages)
                progress(.message(text))
            }
        }
        guard let report = try reader.finish() else {
            throw AmxError(
                .network, "cannot push to \(location): the server does not say what became of it",
                hint: "fetch to see what has arrived")
        }
        return report
    }

    /// Makes sure that an error says which repository it is about.
    func naming<Result>(_ verb: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as AmxError
            where error.code != .interrupted && !error.message.contains(connection.named.path)
        {
            throw AmxError(
                error.code, "cannot \(verb) \(location): \(error.message)", hint: error.hint, cause: error.cause)
        }
    }

    private static func check(_ messages: Int) throws(AmxError) {
        guard messages <= messageLimit else {
            throw AmxError(.network, "the server sends more than \(messageLimit) bytes of messages")
        }
    }

    func discover(_ service: GitService, version: ProtocolVersion) throws -> ServerAdvertisement {
        var reader = AdvertisementReader(service: service)
        try connection.discover(service, version: version) { try reader.append($0) }
        return try reader.finish()
    }
}
