import Capsules
import Glibc
package import Objects
import Synchronization
import Wire

/// Asks hubs for the indexes of capsules: many at once, over connections that stay open, and only for what has changed.
///
/// Every answer but a failure is asked for once in the life of a client, so that one resolution sees one moment. Answers are kept
/// with their tags in a workspace's cache, from where alone an offline client answers. Calls block; for several threads.
///
/// Source: `docs/protocol.md`, section 11.
package final class RegistryClient: Sendable {
    /// How many connections are used at once.
    package static let connections = 16

    private let sessions: LendingPool<HTTPSession>
    private let credentials: CredentialSource
    private let cache: IndexCache?
    private let isOffline: Bool
    private let threads: Int
    private let limits: Limits
    private let memory = Mutex(Memory())

    private struct Memory {
        var answers: [IndexQuery: IndexAnswer] = [:]
        /// Hubs that are none.
        var unsupported: Set<WebAddress> = []
        /// What would fail for every other index of the same origin, too.
        var failures: [Origin: AmxError] = [:]
        var oldest: Int64?
        /// What indexes have had together.
        var bytes = 0
    }

    /// How many seconds ago a hub has said the oldest of what was answered from the cache alone; nil when nothing was.
    package var oldestAnswer: Int64? { memory.withLock { $0.oldest } }

    /// Prepares; nothing is sent, and libcurl not loaded, before the first question.
    ///
    /// `cacheFolder` is a workspace's; without it nothing is kept, and an offline client knows nothing.
    package init(
        settings: HTTPSession.Settings = HTTPSession.Settings(), credentials: CredentialSource, cacheFolder: String?,
        isOffline: Bool = false, connections: Int = RegistryClient.connections, limits: Limits = .standard
    ) {
        self.limits = limits
        sessions = LendingPool { try HTTPSession(settings: settings) }
        self.credentials = credentials
        cache = cacheFolder.map(IndexCache.init)
        self.isOffline = isOffline
        threads = max(1, connections)
    }

    /// Prepares with the settings and credentials of an environment.
    package convenience init(
        environment: (String) -> String?, cacheFolder: String?, isOffline: Bool = false
    ) throws(AmxError) {
        self.init(
            settings: try HTTPSession.Settings(environment: environment),
            credentials: try CredentialSource(environment: environment), cacheFolder: cacheFolder,
            isOffline: isOffline)
    }

    /// Asks for indexes; the answers are in the order of the questions.
    ///
    /// When a hub cannot be reached, or refuses the token, those of its indexes that are still to be asked for fail at once.
    package func indexes(_ queries: [IndexQuery]) -> [IndexAnswer] {
        // The answers never leave the lock as a whole: each small question would copy all that were given before.
        let open = memory.withLock { memory in
            memory.failures = [:]
            var seen: Set<IndexQuery> = []
            return queries.filter { memory.answers[$0] == nil && seen.insert($0).inserted }
        }
        let found = WorkerThreads.map(open, threads: isOffline ? 4 : threads, share: 1) { [self] in answer($0) }
        return memory.withLock { memory in
            var failed: [IndexQuery: IndexAnswer] = [:]
            for (query, answer) in zip(open, found) {
                if case .failed = answer { failed[query] = answer } else { memory.answers[query] = answer }
            }
            return queries.map { memory.answers[$0] ?? failed[$0] ?? .missing }
        }
    }

    /// Asks for one index.
    package func index(_ query: IndexQuery) -> IndexAnswer { indexes([query]).first ?? .missing }

    private func answer(_ query: IndexQuery) -> IndexAnswer {
        if isOffline { return kept(query) }
        let (isUnsupported, failure) = memory.withLock {
            ($0.unsupported.contains(query.hub), $0.failures[query.hub.origin])
        }
        if isUnsupported { return .unsupported }
        if let failure { return .failed(failure) }
        do {
            let answer = try sessions.with { try ask(query, $0) }
            if case .unsupported = answer { memory.withLock { _ = $0.unsupported.insert(query.hub) } }
            return answer
        } catch let error as AmxError {
            if error.concernsPlace || error.code == .interrupted {
                memory.withLock { $0.failures[query.hub.origin] = error }
            }
            return .failed(error)
        } catch {
            return .failed(AmxError(.failure, "cannot read the releases of \(query.subject)", cause: error))
        }
    }

    // MARK: Asking

    private func ask(_ query: IndexQuery, _ session: HTTPSession) throws -> IndexAnswer {
        let address = query.address
        let kept = cache?.read(address.text)
        var request = HTTPRequest(.get, address, headers: [("Accept", "application/json")])
        request.expectsPace = true
        if let kept { request.headers.append(("If-None-Match", kept.tag)) }
        let connection = SmartHTTPConnection(session: session, credentials: credentials, address: query.place)
        var body: [UInt8] = []
        let redirects: Set<Int> = [301, 302, 303, 307, 308]
        let response = try connection.ask(request, expecting: redirects.union([304, 404, 405, 410, 501])) { bytes in
            guard body.count + bytes.count <= ReleaseIndex.byteLimit else {
                throw Self.offence(.tooLarge, query, "it has more than \(ReleaseIndex.byteLimit) bytes")
            }
            body += bytes
        }
        switch response.status {
        case 304:
            guard let kept else {
                throw Self.offence(.unasked, query, "it is said to be as before, and nothing was kept")
            }
            cache?.confirm(address.text)
            try count(kept.body)
            return .found(try Self.index(kept.body, query), age: 0)
        case _ where redirects.contains(response.status):
            let target = RemoteText.oneLine(WebAddress.masked(response.header("location") ?? "nowhere"))
            throw Self.offence(.redirect, query, "the answer is a redirect to \(target.prefix(200))")
        case 200 where response.mediaType == "application/json":
            try count(body)
            let index = try Self.index(body, query)
            if let tag = response.header("etag") { cache?.write(body, tag: tag, of: address.text) }
            return .found(index, age: 0)
        case 404 where HubError(response)?.code == .notFound:
            cache?.remove(address.text)
            return .missing
        default:
            return .unsupported
        }
    }

    /// Counts what hubs have sent, so that none can go on for ever with small documents.
    private func count(_ body: [UInt8]) throws(AmxError) {
        let sum = memory.withLock { memory in
            memory.bytes += body.count
            return memory.bytes
        }
        guard sum <= limits.indexBytes else {
            throw limits.passed(.indexBytes, "cannot read the releases of more capsules: their indexes are too large")
        }
    }

    private func kept(_ query: IndexQuery) -> IndexAnswer {
        guard let kept = cache?.read(query.address.text), let index = try? Self.index(kept.body, query) else {
            return .failed(
                AmxError(
                    .network, "cannot read the releases of \(query.subject): nothing of \(query.hub) is kept here",
                    hint: "run the command once without --offline"))
        }
        let age = max(0, Int64(time(nil)) - kept.time)
        memory.withLock { $0.oldest = max($0.oldest ?? 0, age) }
        return .found(index, age: age)
    }

    private static func index(_ body: [UInt8], _ query: IndexQuery) throws(AmxError) -> ReleaseIndex {
        do {
            return try ReleaseIndex.parse(body, of: query.id, owner: query.owner)
        } catch {
            let kind: RegistryOffence =
                switch error.code {
                case .tooLarge: .tooLarge
                case .malformed: .malformed
                case .schema: .schema
                case .otherCapsule: .otherCapsule
                }
            throw offence(kind, query, error.reason)
        }
    }

    private static func offence(_ kind: RegistryOffence, _ query: IndexQuery, _ why: String) -> AmxError {
        AmxError(
            kind == .redirect ? .network : .verification,
            "cannot use the index of \(query.subject) at \(query.hub): \(why)",
            hint: kind == .schema
                ? "a newer hub wrote it: update amx"
                : "whoever runs the server has to put that right; nothing was changed here", cause: kind)
    }
}
