package import Capsules
package import Guard
package import Objects

/// What of a capsule is to run, and with which engine.
package struct RunTarget: Hashable, Sendable {
    package let handler: Handler
    package let engine: Engine
    /// The tool, where one was named.
    package let tool: ToolDeclaration?
    /// What was named: a tool, or `hook:` and a hook; nil for nothing.
    package let label: String?
    /// The level that counts: what the capsule says, what it asks for, what a scan has found in it, and what the tool says.
    package let level: SecurityLevel

    /// Finds a tool by its name or, as `mcp:SERVER#TOOL`, one that the manifest does not declare; or what runs where none is named; `finding` is the worst that a scan of the capsule found.
    ///
    /// `.notFound` where there is no such tool, or nothing to run; the hint names those there are.
    package init(_ tool: String?, of manifest: Manifest, finding: Severity? = nil) throws(AmxError) {
        let names = manifest.tools.map(\.name)
        let list = names.isEmpty ? "it has no tools" : "its tools: \(names.joined(separator: ", "))"
        let assessment = LevelAssessment(manifest, finding: finding)
        if let tool {
            guard let found = manifest.tools.first(where: { $0.name.utf8.elementsEqual(tool.utf8) }) else {
                // A server's own tool, by the name that a manifest would give it.
                if let own = Handler(serverTool: tool), manifest.mcpServers.contains(where: { own.isTool(of: $0) }) {
                    (handler, engine, self.tool, label, level) = (own, .mcp, nil, tool, assessment.level)
                    return
                }
                throw AmxError(.notFound, "\(manifest.id) has no tool '\(TreeRules.printable(tool.utf8))'", hint: list)
            }
            (handler, engine, self.tool, label) = (found.handler, found.engine, found, tool)
            level = assessment.level(of: found)
            return
        }
        guard let main = manifest.runtime.main, let engine = manifest.runtime.mainEngine else {
            throw AmxError(
                .notFound, "\(manifest.id) has nothing that runs by itself",
                hint: "name a tool, or set `runtime.main` in \(Manifest.fileName); \(list)")
        }
        (handler, self.engine, self.tool, label, level) = (main, engine, nil, nil, assessment.level)
    }

    /// The start of the capsule's servers, to ask what tools they have; nil where it has none.
    package init?(serversOf manifest: Manifest, finding: Severity? = nil) {
        guard let first = manifest.mcpServers.first else { return nil }
        handler = .server(id: first.id, tool: "")
        (engine, tool, label) = (.mcp, nil, "servers")
        level = LevelAssessment(manifest, finding: finding).level
    }

    /// Finds a hook, which needs an approval at every level. `.notFound` where the capsule has no such hook.
    package init(
        hook phase: LifecycleHooks.Phase, of manifest: Manifest, finding: Severity? = nil
    ) throws(AmxError) {
        guard let script = manifest.hooks.scripts[phase] else {
            let names = LifecycleHooks.Phase.allCases.filter { manifest.hooks.scripts[$0] != nil }.map(\.rawValue)
            throw AmxError(
                .notFound, "\(manifest.id) has no hook \(phase.rawValue)",
                hint: names.isEmpty ? "it has no hooks" : "its hooks: \(names.joined(separator: ", "))")
        }
        handler = .file(script)
        engine = handler.engine(preferring: manifest.runtime.engine)
        (tool, label) = (nil, "hook:\(phase.rawValue)")
        level = max(.restricted, LevelAssessment(manifest, finding: finding).level)
    }

    /// What an event with a topic is given to, by the name of an action; nil where no engine of the capsule supports that.
    package init?(
        event topic: String, action: String, of manifest: Manifest, in folder: String, finding: Severity? = nil
    ) throws(AmxError) {
        guard let found = try ActionHandlers(manifest: manifest, folder: folder).first(action) else { return nil }
        (handler, engine) = (found.handler, found.engine)
        let assessment = LevelAssessment(manifest, finding: finding)
        tool = manifest.tools.first { $0.name.utf8.elementsEqual(action.utf8) }
        label = "event:\(topic)"
        level = tool.map { assessment.level(of: $0) } ?? assessment.level
    }

    /// A test of the capsule's: a file of its folder `tests`.
    package init(test file: TreePath, of manifest: Manifest, finding: Severity? = nil) {
        handler = .file(file)
        engine = handler.engine(preferring: manifest.runtime.engine)
        (tool, label) = (nil, "test:\(file)")
        level = LevelAssessment(manifest, finding: finding).level
    }

    /// What runs, as it is named on a command line.
    package func name(in manifest: Manifest) -> String { label.map { "\(manifest.id).\($0)" } ?? manifest.id.string }

    /// The component whose code it is; nil for the capsule's own.
    package var component: String? { if case .component(let id, _) = handler { id } else { nil } }
}

extension Handler {
    fileprivate func isTool(of server: MCPServer) -> Bool {
        if case .server(let id, _) = self { id.utf8.elementsEqual(server.id.utf8) } else { false }
    }
}
