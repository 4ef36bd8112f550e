import Objects
import Synchronization

/// Lends out HTTP sessions to several threads and keeps their connections open between uses.
final class SessionPool: Sendable {
    /// A session that nobody uses.
    ///
    /// Unchecked: a session must not be used by two threads at once. It is in the list, which a mutex guards, or with the one
    /// thread that took it from there; the mutex orders what one thread did before what the next one does. libcurl's handles
    /// may move between threads.
    private struct Idle: @unchecked Sendable {
        let session: HTTPSession
    }

    private let settings: HTTPSession.Settings
    private let idle = Mutex<[Idle]>([])

    init(settings: HTTPSession.Settings) { self.settings = settings }

    /// Runs `body` with a session of its own: the one that was used last, or a new one.
    func withSession<Result>(_ body: (HTTPSession) throws -> Result) throws -> Result {
        let session = try idle.withLock { $0.popLast() }?.session ?? HTTPSession(settings: settings)
        defer {
            let returned = Idle(session: session)
            idle.withLock { $0.append(returned) }
        }
        return try body(session)
    }
}
