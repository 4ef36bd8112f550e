import Capsules
import Guard
import Objects
import Runners
import Synchronization
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

    /// Something that it does, with what a server says of it.
    struct Offer: Sendable {
        let target: RunTarget
        let listed: ServerTool?
    }

    let capsule: WorkspaceCapsule
    let session: RunSession
    private let pool: ThreadPool<KeptRunner>
    private let bus: EventBus
    let tell: @Sendable (String) -> Void
    private let isOpen = Atomic(true)
    /// What its servers say that they have, once they were asked.
    private let asked = Mutex<ServerListing?>(nil)

    /// How many calls of a capsule run at once (row S-104), and how many more wait.
    private static let (running, waiting) = (4, 256)
    /// After which time without a call engines beyond the first leave, and the first is looked after, in nanoseconds.
    private static let patience: Int64 = 60_000_000_000

    /// Makes a capsule ready as it is now. What its code wants published goes to the bus; `tell` is given lines for the user.
    init(
        _ capsule: WorkspaceCapsule, log: AccessLog, bus: EventBus, tell: @escaping @Sendable (String) -> Void
    ) throws(Refusal) {
        (self.capsule, self.bus, self.tell) = (capsule, bus, tell)
        let session: RunSession
        do throws(AmxError) { session = try RunSession(capsule, log: log) } catch { throw .unusable(error) }
        if let finding = session.finding, finding >= .high { throw .findings(finding) }
        self.session = session
        let ahead = Self.ahead(of: session)
        pool = ThreadPool(
            most: Self.running, waiting: Self.waiting, patience: Self.patience, make: { KeptRunner() },
            rest: { kept in
                // An engine that is too old for another call is replaced before one comes.
                for target in ahead { try? session.prepare(target, in: kept) }
            })
    }

    /// What it offers: its tools, those of its servers that the manifest does not declare, or what it does itself where it has none.
    var offers: [Offer] {
        let manifest = session.runnable.manifest
        let listed = listing?.tools.filter { tool in !tool.findings.contains { $0.severity >= .high } } ?? []
        var offers = manifest.tools.compactMap { tool -> Offer? in
            guard let target = try? RunTarget(tool.name, of: manifest, finding: session.finding) else { return nil }
            return Offer(target: target, listed: listed.first { $0.offered.handler == tool.handler }?.offered.tool)
        }
        for tool in listed where !tool.isDeclared {
            let name = tool.offered.handler.description
            guard let target = try? RunTarget(name, of: manifest, finding: session.finding) else { continue }
            offers.append(Offer(target: target, listed: tool.offered.tool))
        }
        if offers.isEmpty, let target = try? RunTarget(nil, of: manifest, finding: session.finding) {
            offers.append(Offer(target: target, listed: nil))
        }
        return offers
    }

    /// What the servers say that they have; nil before they were asked, and where there are none.
    var listing: ServerListing? { asked.withLock { $0 } }

    /// Whether it has servers, which say themselves what they have.
    var hasServers: Bool { !session.runnable.manifest.mcpServers.isEmpty }

    /// Starts engines before the first call, where they are to be kept and nobody has to approve it, and asks servers what they have, when
    /// `turns` has one for that: `asked` is called once, when it is known or was in vain. What goes wrong with that, goes wrong again with the
    /// call. Servers that are not kept leave again.
    func prepare(keeping isKept: Bool, in turns: CountingSemaphore, asked told: @escaping @Sendable () -> Void) {
        let (hasServers, ahead) = (hasServers, isKept ? Self.ahead(of: session) : [])
        guard hasServers || !ahead.isEmpty else { return }
        let end: @Sendable () -> Void = { if hasServers { told() } }
        let job: ThreadPool<KeptRunner>.Job = { [self] kept in
            if hasServers {
                turns.take(unless: { !isReady || Interruption.hasHappened }) {
                    _ = try? askServers(kept)
                    if !isKept { try? session.engines(in: kept).unload() }
                }
            }
            end()
            for target in ahead where isReady { try? session.prepare(target, in: kept) }
        }
        if !pool.submit(job, dropped: end) { end() }
    }

    /// Starts the servers, where that is allowed, and remembers what they have; nil where there are none.
    func askServers(_ kept: KeptRunner) throws(AmxError) -> ServerListing? {
        let check: @Sendable () throws(AmxError) -> Void = { () throws(AmxError) in try self.checkIsOpen() }
        let listing = try ServerListing(of: session, in: kept, check: check)
        if let listing {
            asked.withLock { $0 = listing }
            tell(of: listing)
        }
        return listing
    }

    private func tell(of listing: ServerListing) {
        switch listing.state {
        case .ready: break
        case .failed(let why): tell("the servers of \(id) are not ready: \(why)")
        case .denied(let why, let hint): tell(why + (hint.map { " (\($0))" } ?? ""))
        }
        for tool in listing.tools where !tool.isDeclared {
            guard let worst = tool.findings.map(\.severity).max(), worst >= .high else { continue }
            let name = TreeRules.printable(tool.offered.handler.description.utf8)
            tell(
                "\(name) of \(id) is not offered: the scanner finds something \(worst.rawValue) in what its server says "
                    + "of it")
        }
    }

    /// Runs something on a thread of its own and tells what came of it; false where too much waits already. `cause` is the event that it was
    /// asked to do this for.
    func run(
        _ attempt: RunAttempt, after cause: BusEvent? = nil, unless cancellation: Cancellation,
        finished: @escaping @Sendable (Result<RunAttempt.Outcome, AmxError>) -> Void
    ) -> Bool {
        pool.submit(
            { [self] kept in
                let outcome = Result { () throws(AmxError) in
                    try cancellation.check()
                    if cause == nil { try session.noteAccess(attempt.target) }
                    return try session.run(attempt, by: kept) { () throws(AmxError) in try cancellation.check() }
                }
                if let events = try? outcome.get().events { publish(events, after: cause) }
                finished(outcome)
                // What has spent its engine gets another one before the next call.
                if isReady { try? session.prepare(attempt.target, in: kept) }
            },
            dropped: { finished(.failure(Self.changed)) })
    }

    /// What a call comes to that has not begun when its capsule goes.
    static let changed = AmxError(.conflict, "the capsule has changed meanwhile", hint: "call it again")

    /// Does something with engines that stay, when a thread has time; false where too much waits already.
    func submit(_ job: @escaping ThreadPool<KeptRunner>.Job, dropped: @escaping @Sendable () -> Void) -> Bool {
        pool.submit(job, dropped: dropped)
    }

    /// Whether it takes calls.
    var isReady: Bool { isOpen.load(ordering: .relaxed) }

    private func publish(_ events: [EmittedEvent], after cause: BusEvent?) {
        for event in events {
            do throws(EventRefusal) { try bus.publish(BusEvent(event, by: capsule.id, after: cause)) } catch {
                tell("\(error)")
            }
        }
    }

    /// Takes no more events, and starts nothing ahead any more.
    func stopTaking() { isOpen.store(false, ordering: .relaxed) }

    /// Takes no more calls, and returns when those under way have ended and its files are gone.
    func close() {
        stopTaking()
        pool.stop()
        session.runnable.folder.remove()
    }

    /// `.interrupted` when it takes nothing any more, and after a signal.
    func checkIsOpen() throws(AmxError) {
        try Interruption.check()
        if !isReady { throw AmxError(.interrupted, "the capsule is not served any more") }
    }

    /// What is started ahead: of each engine the first that it is for, as far as no approval is needed.
    private static func ahead(of session: RunSession) -> [RunTarget] {
        let manifest = session.runnable.manifest
        let names = (manifest.runtime.main == nil ? [] : [nil]) + manifest.tools.map { Optional($0.name) }
        var engines: Set<Engine> = []
        return names.compactMap { try? RunTarget($0, of: manifest, finding: session.finding) }
            .filter { !$0.level.demands.contains(.approval) && engines.insert($0.engine).inserted }
    }
}
