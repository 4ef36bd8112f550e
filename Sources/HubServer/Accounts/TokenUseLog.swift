import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Collects when tokens are presented and writes it down once a minute, so that authentication costs no write.
///
/// A crash loses at most that minute: the times only help to find unused tokens.
final class TokenUseLog: Service {
    private let accounts: any AccountStore
    private let logger: Logger
    private let interval: Duration
    private let pending = Mutex<[String: Date]>([:])

    init(accounts: any AccountStore, logger: Logger, interval: Duration = .seconds(60)) {
        self.accounts = accounts
        self.logger = logger
        self.interval = interval
    }

    /// Notes that a token was presented.
    func note(_ id: String, at time: Date) {
        pending.withLock { $0[id] = time }
    }

    /// Writes at every interval, and once more at shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: self.interval)) != nil { await self.flush() }
        }
        await flush()
    }

    private func flush() async {
        let times = pending.withLock { pending in
            defer { pending.removeAll() }
            return pending
        }
        guard !times.isEmpty else { return }
        do {
            try await accounts.recordUse(times)
        } catch {
            logger.warning("cannot record when tokens were used", metadata: ["reason": "\(error)"])
        }
    }
}
