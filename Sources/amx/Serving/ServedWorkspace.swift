import Capsules
import Guard
import Objects
import Runners
import Workspaces

/// The capsules of a workspace as an agent is offered them; those that change meanwhile are offered as they are then.
///
/// Safe for use by several threads.
final class ServedWorkspace: Sendable {
    /// What a call is for.
    struct Entry: Sendable {
        let capsule: ServedCapsule
        let tool: ServedTool
    }

    private struct State: Sendable {
        var capsules: [CapsuleID: ServedCapsule] = [:]
        var entries: [Entry] = []
        var byName: [String: Int] = [:]
        /// How many capsules' servers are being asked what they have.
        var asked = 0
        /// How others were when they were refused.
        var refused: [CapsuleID: String] = [:]
        /// How many threads do something aside.
        var errands = 0
    }

    private let workspace: Workspace
    /// Those that are served; nil for all there are.
    private let ids: [CapsuleID]?
    private let tell: @Sendable (String) -> Void
    private let changed: @Sendable () -> Void
    private let log: AccessLog
    private let bus = EventBus()
    private let dispatcher: Dispatcher
    private let health: HealthWatch
    private let monitor = Monitor(State())
    private let end = Cancellation()
    /// How many capsules' engines are started before anybody calls and stay, and how many servers are asked at once: each takes memory.
    private static let preparedAtOnce = 16
    private let turns = CountingSemaphore(most: preparedAtOnce)

    /// `tell` is given lines for the user about what is served and what is not; `changed` is called when servers have told of other tools.
    init(
        _ workspace: Workspace, _ ids: [CapsuleID]?, tell: @escaping @Sendable (String) -> Void,
        changed: @escaping @Sendable () -> Void
    ) throws(AmxError) {
        log = try AccessLog(workspace)
        (self.workspace, self.ids, self.tell, self.changed) = (workspace, ids, tell, changed)
        (dispatcher, health) = (Dispatcher(bus), HealthWatch(bus))
    }

    /// The tools, in the order of their capsules' ids and of their manifests.
    var tools: [ServedTool] { monitor.withLock { $0.state.entries.map(\.tool) } }

    /// Whether servers are being asked what they have.
    var isAskingServers: Bool { monitor.withLock { $0.state.asked > 0 } }

    /// Returns when servers that are being asked have told what they have, when the time is up, or soon after somebody is not patient any
    /// more.
    func waitForServers(nanoseconds: Int64, unless isImpatient: () -> Bool) {
        let end = MonotonicClock.nanoseconds() + nanoseconds
        monitor.withLock { holder in
            while holder.state.asked > 0, !isImpatient(), case let left = end - MonotonicClock.nanoseconds(), left > 0 {
                holder.wait(nanoseconds: min(left, 200_000_000))
            }
        }
    }

    /// What a name stands for; nil where there is no such tool.
    func entry(named name: String) -> Entry? {
        monitor.withLock { holder in holder.state.byName[name].map { holder.state.entries[$0] } }
    }

    /// How many capsules are served.
    var count: Int { monitor.withLock { $0.state.capsules.count } }

    /// Looks at what has changed, and serves that: true where the tools are others then. Not for several threads at once.
    func refresh() throws(AmxError) -> Bool {
        let before = monitor.withLock { $0.state }
        var (after, refused): ([CapsuleID: ServedCapsule], [CapsuleID: String]) = ([:], [:])
        for id in try wanted() {
            try Interruption.check()
            let capsule = workspace.capsule(id)
            guard ids != nil || Self.hasSomething(capsule) else { continue }
            let form = Self.form(of: capsule)
            if let present = before.capsules[id], form == present.session.runnable.digest.text {
                after[id] = present
            } else if before.refused[id] == form {
                refused[id] = form
            } else {
                do throws(ServedCapsule.Refusal) {
                    after[id] = try ServedCapsule(capsule, log: log, bus: bus, tell: tell)
                } catch {
                    refused[id] = form
                    tell(Self.text(error, id))
                }
            }
        }
        let gone = before.capsules.filter { after[$0.key] !== $0.value }.map(\.value)
        let new = ordered(after.filter { before.capsules[$0.key] !== $0.value }.map(\.value))
        monitor.withLock { ($0.state.capsules, $0.state.refused) = (after, refused) }
        offer()
        let ahead = max(0, Self.preparedAtOnce - (after.count - new.count))
        for (number, capsule) in new.enumerated() {
            dispatcher.register(capsule)
            if capsule.hasServers { health.watch(capsule) } else { health.forget(capsule.id) }
            prepare(capsule, isKept: number < ahead)
        }
        for capsule in gone { leave(capsule, isReplaced: after[capsule.id] != nil) }
        for capsule in new { publish(.lifecycle("loaded", of: capsule.id)) }
        return !gone.isEmpty || !new.isEmpty
    }

    /// Tells that all that can be served is.
    func tellOfAll() { publish(.capsulesLoaded(monitor.withLock { $0.state.capsules.keys.sorted() })) }

    /// Asks servers again and again whether they are well, on a thread of its own, until all is closed.
    func watchHealth() {
        _ = run { [health, end] in
            try? health.run { () throws(AmxError) in try end.check() }
        }
    }

    /// Does something on a thread of its own, which is waited for when all is closed; false where there is none.
    private func run(_ errand: @escaping @Sendable () -> Void) -> Bool {
        monitor.withLock { $0.state.errands += 1 }
        let isRunning = WorkerThreads.start { [monitor] in
            errand()
            Self.endErrand(monitor)
        }
        if !isRunning { Self.endErrand(monitor) }
        return isRunning
    }

    private static func endErrand(_ monitor: Monitor<State>) {
        monitor.withLock { holder in
            holder.state.errands -= 1
            holder.wakeAll()
        }
    }

    /// What is loaded first is asked first, and gets events first (row S-108).
    private func ordered(_ capsules: [ServedCapsule]) -> [ServedCapsule] {
        let sorted = capsules.sorted { $0.id < $1.id }
        let order = BootOrder(
            sorted.map { BootOrder.Found(name: $0.id.string, manifest: .success($0.session.runnable.manifest)) })
        for warning in order.warnings { tell(warning) }
        return order.manifests.compactMap { manifest in sorted.first { $0.id == manifest.id } }
    }

    private func leave(_ capsule: ServedCapsule, isReplaced: Bool) {
        if !isReplaced {
            dispatcher.unregister(capsule.id)
            health.forget(capsule.id)
            publish(.lifecycle("unloaded", of: capsule.id))
        }
        // What it still has to do, nobody else waits for.
        if !run({ capsule.close() }) { capsule.close() }
    }

    private func publish(_ event: BusEvent) {
        do throws(EventRefusal) { try bus.publish(event) } catch { tell("\(error)") }
    }

    /// Returns when all events that calls have led to are delivered, or after a signal.
    func drain() {
        while !Interruption.hasHappened, !dispatcher.drain(until: MonotonicClock.nanoseconds() + 200_000_000) {}
    }

    /// Takes no more calls, and returns when those under way have ended, and with them all that was started for capsules, and all events are on
    /// the disk.
    func close() throws(AmxError) {
        end.cancel()
        let capsules = monitor.withLock { holder in
            defer { (holder.state.capsules, holder.state.entries, holder.state.byName) = ([:], [], [:]) }
            return Array(holder.state.capsules.values)
        }
        for capsule in capsules { capsule.stopTaking() }
        for capsule in capsules {
            capsule.close()
            health.forget(capsule.id)
        }
        dispatcher.stop()
        monitor.withLock { holder in while holder.state.errands > 0 { holder.wait() } }
        try log.flush()
    }

    private func prepare(_ capsule: ServedCapsule, isKept: Bool) {
        if capsule.hasServers { monitor.withLock { $0.state.asked += 1 } }
        capsule.prepare(keeping: isKept, in: turns) { [self] in
            offer()
            monitor.withLock {
                $0.state.asked -= 1
                $0.wakeAll()
            }
            changed()
        }
    }

    private func offer() {
        monitor.withLock { holder in
            var (entries, names): ([Entry], ToolNames) = ([], ToolNames())
            for (id, capsule) in holder.state.capsules.sorted(by: { $0.key < $1.key }) {
                let manifest = capsule.session.runnable.manifest
                for offer in capsule.offers {
                    let name = names.name(id, offer.target.tool?.name ?? offer.listed?.name)
                    guard let tool = ServedTool(offer, of: manifest, named: name) else { continue }
                    entries.append(Entry(capsule: capsule, tool: tool))
                }
            }
            let byName = entries.enumerated().map { ($0.element.tool.name, $0.offset) }
            (holder.state.entries, holder.state.byName) = (entries, Dictionary(byName) { first, _ in first })
        }
    }

    private func wanted() throws(AmxError) -> [CapsuleID] {
        if let ids { return ids }
        return try workspace.capsuleIDs()
    }

    private static func hasSomething(_ capsule: WorkspaceCapsule) -> Bool {
        guard (try? capsule.form()) != nil else { return false }
        // One that cannot be read is told of when it is made ready.
        guard let manifest = try? Manifest.parse(capsule.bytes(of: TreePath(Manifest.fileName))) else { return true }
        return !manifest.tools.isEmpty || manifest.runtime.main != nil || !manifest.mcpServers.isEmpty
            || !manifest.eventHandlers.isEmpty || !manifest.interceptors.isEmpty
    }

    /// A text that is another one when a capsule is, or may not run any more.
    private static func form(of capsule: WorkspaceCapsule) -> String {
        do throws(AmxError) { return try capsule.runnableDigest().text } catch { return error.message }
    }

    private static func text(_ refusal: ServedCapsule.Refusal, _ id: CapsuleID) -> String {
        switch refusal {
        case .unusable(let error): "\(id) is not served: \(error.message)" + (error.hint.map { " (\($0))" } ?? "")
        case .findings(let severity):
            "\(id) is not served: the scanner finds something \(severity.rawValue) in it (`amx scan \(id)` shows what)"
        }
    }
}
