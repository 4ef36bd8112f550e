import Capsules
import Guard
import Objects
import Runners
import Synchronization
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
        /// How others were when they were refused.
        var refused: [CapsuleID: String] = [:]
    }

    private let workspace: Workspace
    /// Those that are served; nil for all there are.
    private let ids: [CapsuleID]?
    private let tell: @Sendable (String) -> Void
    private let state = Mutex(State())
    /// How many engines are started before anybody calls: each takes memory.
    private static let preparedAtOnce = 16

    /// `tell` is given lines for the user about what is served and what is not.
    init(_ workspace: Workspace, _ ids: [CapsuleID]?, tell: @escaping @Sendable (String) -> Void) {
        (self.workspace, self.ids, self.tell) = (workspace, ids, tell)
    }

    /// The tools, in the order of their capsules' ids and of their manifests.
    var tools: [ServedTool] { state.withLock { $0.entries.map(\.tool) } }

    /// What a name stands for; nil where there is no such tool.
    func entry(named name: String) -> Entry? {
        state.withLock { state in state.byName[name].map { state.entries[$0] } }
    }

    /// How many capsules are served.
    var count: Int { state.withLock { $0.capsules.count } }

    /// Looks at what has changed, and serves that: true where the tools are others then. Not for several threads at once.
    func refresh() throws(AmxError) -> Bool {
        let before = state.withLock { $0 }
        var (after, refused): ([CapsuleID: ServedCapsule], [CapsuleID: String]) = ([:], [:])
        for id in try wanted() {
            try Interruption.check()
            let capsule = workspace.capsule(id)
            guard ids != nil || Self.hasTools(capsule) else { continue }
            let form = Self.form(of: capsule)
            if let present = before.capsules[id], form == present.session.runnable.digest.text {
                after[id] = present
            } else if before.refused[id] == form {
                refused[id] = form
            } else {
                do throws(ServedCapsule.Refusal) { after[id] = try ServedCapsule(capsule) } catch {
                    refused[id] = form
                    tell(Self.text(error, id))
                }
            }
        }
        let gone = before.capsules.filter { after[$0.key] !== $0.value }.map(\.value)
        let new = after.filter { before.capsules[$0.key] !== $0.value }.sorted { $0.key < $1.key }.map(\.value)
        for capsule in new.prefix(max(0, Self.preparedAtOnce - (after.count - new.count))) { capsule.prepare() }
        publish(after, refused)
        // What they still have to do, nobody else waits for.
        for capsule in gone where !WorkerThreads.start({ capsule.close() }) { capsule.close() }
        return !gone.isEmpty || !new.isEmpty
    }

    /// Takes no more calls, and returns when those under way have ended.
    func close() {
        let capsules = state.withLock { state in
            defer { state = State() }
            return Array(state.capsules.values)
        }
        for capsule in capsules { capsule.close() }
    }

    private func publish(_ capsules: [CapsuleID: ServedCapsule], _ refused: [CapsuleID: String]) {
        var (entries, names): ([Entry], ToolNames) = ([], ToolNames())
        for (id, capsule) in capsules.sorted(by: { $0.key < $1.key }) {
            for target in capsule.targets {
                let name = names.name(id, target.tool?.name)
                if let tool = ServedTool(target, of: capsule.session.runnable.manifest, named: name) {
                    entries.append(Entry(capsule: capsule, tool: tool))
                } else {
                    tell("\(target.name(in: capsule.session.runnable.manifest)) takes no object, so agents cannot call it")
                }
            }
        }
        let byName = Dictionary(entries.enumerated().map { ($0.element.tool.name, $0.offset) }) { first, _ in first }
        state.withLock { state in
            state = State(capsules: capsules, entries: entries, byName: byName, refused: refused)
        }
    }

    private func wanted() throws(AmxError) -> [CapsuleID] {
        if let ids { return ids }
        return try workspace.capsuleIDs()
    }

    private static func hasTools(_ capsule: WorkspaceCapsule) -> Bool {
        guard (try? capsule.form()) != .some(nil) else { return false }
        // One that cannot be read is told of when it is made ready.
        guard let manifest = try? Manifest.parse(capsule.bytes(of: TreePath(Manifest.fileName))) else { return true }
        return !manifest.tools.isEmpty || manifest.runtime.main != nil
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
