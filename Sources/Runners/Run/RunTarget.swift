package import Capsules
package import Guard
package import Objects

/// What of a capsule is to run, and with which engine.
package struct RunTarget: Hashable, Sendable {
    package let handler: Handler
    package let engine: Engine
    /// The tool, where one was named.
    package let tool: ToolDeclaration?
    /// The level that counts: what the capsule says, what it asks for, what a scan has found in it, and what the tool says.
    package let level: SecurityLevel

    /// Finds a tool by its name, or what runs where none is named; `finding` is the worst that a scan of the capsule found.
    ///
    /// `.notFound` where there is no such tool, or nothing to run; the hint names those there are.
    package init(_ tool: String?, of manifest: Manifest, finding: Severity? = nil) throws(AmxError) {
        let names = manifest.tools.map(\.name)
        let list = names.isEmpty ? "it has no tools" : "its tools: \(names.joined(separator: ", "))"
        let assessment = LevelAssessment(manifest, finding: finding)
        if let tool {
            guard let found = manifest.tools.first(where: { $0.name == tool }) else {
                throw AmxError(.notFound, "\(manifest.id) has no tool '\(TreeRules.printable(tool.utf8))'", hint: list)
            }
            (handler, engine, self.tool) = (found.handler, found.engine, found)
            level = assessment.level(of: found)
            return
        }
        guard let main = manifest.runtime.main, let engine = manifest.runtime.mainEngine else {
            throw AmxError(
                .notFound, "\(manifest.id) has nothing that runs by itself",
                hint: "name a tool, or set `runtime.main` in \(Manifest.fileName); \(list)")
        }
        (handler, self.engine, self.tool, level) = (main, engine, nil, assessment.level)
    }
}
