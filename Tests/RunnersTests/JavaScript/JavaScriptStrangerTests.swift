import Capsules
import Foundation
import Guard
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// What a capsule's code could make of the engine if it took it over: other programs stand for it here.
@Suite("Runners: strangers in the place of JavaScript", .onTestThreads) struct JavaScriptStrangerTests {
    private struct Counting: HostInterface {
        var calls = 0

        mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
            calls += 1
            return .string(String(repeating: "x", count: 1 << 20))
        }
    }

    private static let head = """
        #!/usr/bin/python3 -I
        import json, os, socket, sys, time
        channel = socket.socket(fileno=6)
        lines = channel.makefile('r')
        def say(text): channel.sendall(text.encode() + b'\\n')
        def tell(**message): say(json.dumps({'jsonrpc': '2.0', **message}))

        """

    /// Lines of Python, how the call ends, and what is said of it.
    private static let strangers: [(lines: String, outcome: RunOutcome, error: String)] = [
        ("tell(id=json.loads(lines.readline())['id'], result='honest'); time.sleep(600)", .ok, ""),
        ("say('no JSON'); time.sleep(600)", .trap("result"), "what it gave is no answer: a line that is not JSON"),
        ("say('[1]'); time.sleep(600)", .trap("result"), "what it gave is no answer: a line that is no object"),
        ("say('{}'); time.sleep(600)", .trap("result"), "what it gave is no answer: a message with neither"),
        ("tell(id=7, result=1); time.sleep(600)", .trap("result"), "what it gave is no answer: an answer to call 7"),
        ("tell(id=1); time.sleep(600)", .trap("result"), "what it gave is no answer: an answer without a result"),
        ("say('x' * (17 << 20)); time.sleep(600)", .trap("result"), "what it gave is no answer: a message of more"),
        ("say('[' * 100000); time.sleep(600)", .trap("result"), "what it gave is no answer: a line that is not JSON"),
        ("tell(id=1, error={'code': 1}); time.sleep(600)", .trap("exception"), "it threw something that has no text"),
        ("tell(id=1, error=[]); time.sleep(600)", .trap("exception"), "it threw something that has no text"),
        (
            "tell(id=1, error={'code': 2, 'data': {'message': 1, 'name': [], 'file': 3, 'stack': {}}}); time.sleep(600)",
            .trap("result"), "it threw something that has no text"
        ),
        ("sys.exit(0)", .trap("result"), "it ended without an answer"),
        ("tell(method='ready'); sys.exit(3)", .exit(3), "it ended with status 3"),
        ("os.kill(os.getpid(), 11)", .signal(11), "it was ended by signal 11"),
        ("channel.close(); lines.close(); sys.exit(5)", .exit(5), "it ended with status 5"),
        // Messages without a pause.
        (
            "while True: tell(method='usage', params={'processorMicroseconds': -1, 'peakBytes': 1e300})", .timeout,
            "it took"
        ),
        ("while True: tell(method='ready')", .timeout, "it took"),
        ("while True: say('')", .timeout, "it took"),
        // Questions whose answers nobody reads.
        (
            "for n in range(10000): tell(id=n, method='kv.get', params={})\ntime.sleep(600)", .trap("result"),
            "what it gave is no answer: it does not read what it is sent"
        ),
        ("while True: sys.stderr.write('x' * 65536)", .denied(.quota), "it wrote more than"),
        (
            "a = [b'x' * (1 << 20)]\nwhile True: a.append(bytes([len(a) % 256]) * (1 << 20))", .oom,
            "it needed more than"
        ),
        ("time.sleep(600)", .timeout, "it took"),
    ]

    /// An installation whose engine is another program.
    private static func runner(_ folder: TemporaryDirectory, _ lines: String) throws -> JavaScriptRunner {
        let engine = try folder.write("bin/lines", text: head + lines + "\n", executable: true)
        // By another program: what a thread of this one starts meanwhile would hold the file open for writing, and no such file runs.
        try #require(try Tool.run("cp", [engine, folder.path + "/bin/amx-js"]).status == 0)
        try folder.write("capsule/a.js", text: "const handler = () => 1")
        let worker = folder.path + "/bin/amx-worker"
        try FileManager.default.createSymbolicLink(atPath: worker, withDestinationPath: BuiltPrograms.worker)
        return try JavaScriptRunner(worker: worker, showing: folder.path + "/capsule")
    }

    @Test(arguments: strangers.indices)
    func whatItSaysIsJudged(_ index: Int) throws {
        let row = Self.strangers[index]
        let folder = try TemporaryDirectory("amx-stranger")
        let runner = try Self.runner(folder, row.lines)
        var host = Counting()
        // Long enough for a busy machine where an answer is awaited.
        let milliseconds: UInt64 = row.outcome == .timeout ? 1_000 : 120_000
        let run = EngineRun(.file(try TreePath("a.js")), input: 1, limits: SandboxLimits(milliseconds: milliseconds))
        let result = try runner.run(run, host: &host, check: {})
        #expect(result.outcome == row.outcome, "\(row.lines): \(result)")
        #expect((result.error ?? "").hasPrefix(row.error), "\(row.lines): \(result.error ?? "")")
        #expect(host.calls < 200)
    }

    @Test func anEngineThatIsGoneBetweenCallsIsReplaced() throws {
        let folder = try TemporaryDirectory("amx-stranger")
        let runner = try Self.runner(
            folder, "tell(id=json.loads(lines.readline())['id'], result=os.getpid()); sys.exit(0)")
        let run = EngineRun(.file(try TreePath("a.js")), input: 1, limits: JavaScriptFixture.roomy)
        for _ in 0..<3 {
            var host = NoHost()
            #expect(try runner.run(run, host: &host, check: {}).outcome == .ok)
            let session = try #require(runner.session)
            #expect(Patience.waits { !session.fits(run.limits) })
        }
    }

    @Test func anEngineThatDoesNotLeaveIsEnded() throws {
        let folder = try TemporaryDirectory("amx-stranger")
        let runner = try Self.runner(
            folder, "tell(id=json.loads(lines.readline())['id'], result=1)\nwhile True: time.sleep(600)")
        var limits = JavaScriptFixture.patient
        for _ in 0..<2 {
            var host = NoHost()
            let run = EngineRun(.file(try TreePath("a.js")), input: 1, limits: limits)
            #expect(try runner.run(run, host: &host, check: {}).outcome == .ok)
            limits.memoryBytes *= 2
        }
    }
}
