import Capsules
import Foundation
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// A capsule's folder with scripts, and the engine around it.
struct JavaScriptFixture {
    let folder: TemporaryDirectory
    let runner: JavaScriptRunner

    init(library: String? = nil) throws {
        folder = try TemporaryDirectory("amx-javascript")
        try folder.write("capsule/handlers/none.js", text: "// nothing")
        runner = try JavaScriptRunner(
            worker: BuiltPrograms.worker, showing: folder.path + "/capsule", library: library)
    }

    /// Much more than anything needs that is to end by itself.
    static let patient = SandboxLimits(milliseconds: 120_000)
    /// The same with so much memory that no small call leaves half of it behind, after which there would be another engine: how much the
    /// engine has collected by then depends on what else the machine does.
    static let roomy = SandboxLimits(milliseconds: 120_000, memoryBytes: 1 << 30)

    /// Runs a file with these lines.
    func run(
        _ script: String, _ input: JSONValue = .null, limits: SandboxLimits = patient,
        host: inout some HostInterface, check: () throws(AmxError) -> Void = {}
    ) throws -> RunResult {
        try folder.write("capsule/handlers/main.js", text: script)
        return try runner.run(
            EngineRun(.file(TreePath("handlers/main.js")), input: input, limits: limits), host: &host, check: check)
    }

    /// Runs a file with these lines, which asks its host for nothing.
    func run(_ script: String, _ input: JSONValue = .null, limits: SandboxLimits = patient) throws -> RunResult {
        var host = NoHost()
        return try run(script, input, limits: limits, host: &host)
    }
}
