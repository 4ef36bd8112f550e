import Capsules
import Guard
import Objects
import Runners
import Workspaces

/// One version of a capsule as it is served, with threads whose engines stay for the next call.
///
/// Safe for use by several threads.
final class ServedCapsule: Sendable {
    /// Why a capsule is not served.
    enum Refusal: Error {
        case unusable(AmxError)
        /// The scanner found what agents should not be told.
        case findings(Severity)
    }

    let capsule: WorkspaceCapsule
    let session: RunSession
    private let pool: ThreadPool<KeptRunner>

    /// How many calls of a capsule run at once (row S-104), and how many more wait.
    private static let (running, waiting) = (4, 256)
    /// After which time without a call engines beyond the first leave, and the first is looked after, in nanoseconds.
    private static let patience: Int64 = 60_000_000_000

    /// Makes a capsule ready as it is now.
    init(_ capsule: WorkspaceCapsule) throws(Refusal) {
        self.capsule = capsule
        let session: RunSession
        do throws(AmxError) { session = try RunSession(capsule) } catch { throw .unusable(error) }
        if let finding = session.finding, finding >= .high { throw .findings(finding) }
        self.session = session
        let ahead = Self.mainTarget(of: session)
        pool = ThreadPool(
            most: Self.running, waiting: Self.waiting, patience: Self.patience, make: { KeptRunner() },
            rest: { kept in
                // An engine that is too old for another call is replaced before one comes.
                if let ahead { try? session.prepare(ahead, in: kept) }
            })
    }

    /// What it offers, as targets: its tools, or what it does itself where it has none.
    var targets: [RunTarget] {
        let manifest = session.runnable.manifest
        let names = manifest.tools.map { Optional($0.name) }
        return (names.isEmpty ? [nil] : names).compactMap {
            try? RunTarget($0, of: manifest, finding: session.finding)
        }
    }

    /// Starts engines before the first call, where nobody has to approve it; what goes wrong with that, goes wrong again with the call.
    func prepare() {
        guard let target = Self.mainTarget(of: session) else { return }
        _ = pool.submit { [session] kept in try? session.prepare(target, in: kept) }
    }

    /// Runs something on a thread of its own and tells what came of it; false where too much waits already.
    func run(
        _ attempt: RunAttempt, unless cancellation: Cancellation,
        finished: @escaping @Sendable (Result<RunAttempt.Outcome, AmxError>) -> Void
    ) -> Bool {
        pool.submit { [session] kept in
            let outcome = Result { () throws(AmxError) in
                try cancellation.check()
                return try session.run(attempt, by: kept) { () throws(AmxError) in try cancellation.check() }
            }
            finished(outcome)
            // What has spent its engine gets another one before the next call.
            try? session.prepare(attempt.target, in: kept)
        } dropped: {
            finished(.failure(AmxError(.conflict, "the capsule has changed meanwhile", hint: "call it again")))
        }
    }

    /// Takes no more calls, and returns when those under way have ended.
    func close() { pool.stop() }

    /// What is started ahead: the first of what it offers that needs no approval.
    private static func mainTarget(of session: RunSession) -> RunTarget? {
        let manifest = session.runnable.manifest
        let name = manifest.runtime.main == nil ? manifest.tools.first?.name : nil
        guard let target = try? RunTarget(name, of: manifest, finding: session.finding) else { return nil }
        return target.level.demands.contains(.approval) ? nil : target
    }
}
