import Capsules
import Guard
import Objects
import Runners
import Workspaces

/// What the servers of one capsule say that they have, asked by starting them.
struct ServerListing: Sendable {
    /// What came of the start of all servers.
    enum State: Sendable, Hashable {
        case ready
        /// They were not ready in time, or one failed, in words.
        case failed(String)
        /// Nothing was started: what denies it, and what to do.
        case denied(String, hint: String?)
    }

    let manifest: Manifest
    let level: SecurityLevel
    let state: State
    let tools: [ListedTool]

    /// How long all servers of a capsule may take to be ready, in nanoseconds.
    static let patience: Int64 = 60_000_000_000

    /// A tool as its server lists it, and what the scanner finds in what it says of itself.
    struct ListedTool: Sendable {
        let offered: OfferedTool
        let findings: [Finding]
        /// Whether the manifest has a tool with this handler.
        let isDeclared: Bool
    }

    /// Starts the servers of a capsule in a registry, asks them, and records that as a run; nil where it has none.
    init?(of session: RunSession, in registry: CapsuleRegistry) throws(AmxError) {
        try self.init(of: session) { () throws(AmxError) in
            let loaded = try session.loadable()
            do throws(RegistryFault) { try registry.register(loaded) } catch { throw error.error }
            registry.register(loaded.instance, for: session.runnable.manifest.id)
            let readiness = try loaded.waitUntilReady(by: Self.deadline, check: Self.check)
            return (readiness, readiness == .ready ? try loaded.offeredTools(check: Self.check) : [])
        }
    }

    /// Starts the servers among engines that stay, asks them, and records that as a run; nil where it has none.
    init?(of session: RunSession, in kept: KeptRunner) throws(AmxError) {
        try self.init(of: session) { () throws(AmxError) in
            let engines = try session.engines(in: kept)
            // With the limits of calls, so that a call needs no others.
            let limits = RunLimits.effective([RunLimits(session.runnable.manifest, tool: nil)])
            let readiness = try engines.waitUntilReady(by: Self.deadline, limits, check: Self.check)
            return (readiness, readiness == .ready ? try engines.offeredTools(limits, check: Self.check) : [])
        }
    }

    private init?(
        of session: RunSession,
        asking ask: () throws(AmxError) -> (readiness: EngineSet.Readiness, tools: [OfferedTool])
    ) throws(AmxError) {
        let manifest = session.runnable.manifest
        guard let target = RunTarget(serversOf: manifest, finding: session.finding) else { return nil }
        self.manifest = manifest
        level = target.level
        let answer = try session.approval(of: target, input: .null)
        try session.checkRuntimes(of: target)
        var record = try session.execution(of: target, input: .null, answer)
        guard answer.isGiven || !target.level.demands.contains(.approval) else {
            let error = "\(manifest.id) is \(target.level.rawValue), and nobody has approved that its servers start"
            try record.end(RunResult(.denied(.approval), error: error), nil)
            (state, tools) = (.denied(error, hint: answer.hint), [])
            return
        }
        do throws(AmxError) {
            let asked = try ask()
            switch asked.readiness {
            case .ready: (state, tools) = (.ready, try Self.listed(asked.tools, manifest))
            case .timeout: (state, tools) = (.failed("they were not ready in time"), [])
            case .crashed(let why): (state, tools) = (.failed(why), [])
            }
        } catch {
            try record.end(RunResult(RunSession.outcome(of: error), error: error.message), nil)
            throw error
        }
        if case .failed(let why) = state {
            try record.end(RunResult(.setupFailed, error: why), nil)
        } else {
            try record.end(RunResult(.null), nil)
        }
    }

    private static var deadline: Int64 { MonotonicClock.nanoseconds() + patience }

    private static let check: @Sendable () throws(AmxError) -> Void = { () throws(AmxError) in
        try Interruption.check()
    }

    private static func listed(_ offered: [OfferedTool], _ manifest: Manifest) throws(AmxError) -> [ListedTool] {
        let scanner = try Scanner()
        return try offered.enumerated().map { (number, one) throws(AmxError) in
            let text = ([one.tool.title, one.tool.description].compactMap { $0 }).joined(separator: "\n")
            let schema = JSONWriter.bytes(.object(one.tool.inputSchema))
            let report = try scanner.scan([
                ScannedFile(path: TreePath("tools/\(number).md"), content: Array(text.utf8)),
                ScannedFile(path: TreePath("tools/\(number).json"), content: schema),
            ])
            return ListedTool(
                offered: one, findings: report.findings,
                isDeclared: manifest.tools.contains { $0.handler == one.handler })
        }
    }
}
