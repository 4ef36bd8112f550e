import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// Scripts that want more than they may have.
@Suite("Runners: abuse by JavaScript", .onTestThreads) struct JavaScriptAbuseTests {
    private let fixture: JavaScriptFixture

    init() throws { fixture = try JavaScriptFixture() }

    /// Scripts without an end.
    private static let endless = [
        "function handler() { for (;;); }", "for (;;);",
        "function handler() { try { for (;;); } finally { for (;;); } }",
        "function handler() { (function f() { Promise.resolve().then(f) })() }", "(async () => { for (;;) await 0 })()",
        "async function handler() { for (;;) await null }",
        "const handler = () => ({ then(done) { Promise.resolve().then(() => this.then(done)) } })",
        // The engine gives up on each of these after a while.
        "const handler = () => { for (;;) /^(a+)+$/.test('a'.repeat(60) + 'b') }",
        "const handler = () => { for (;;) /(x+x+)+y/.exec('x'.repeat(60)) }",
        "const handler = () => ({ toJSON() { for (;;); } })",
        "const handler = () => ({ get a() { for (;;); } })",
        "const handler = () => new Proxy({}, { ownKeys() { for (;;); } })",
        "const handler = () => { throw { get message() { for (;;); } } }",
        "const handler = () => { throw { toString() { for (;;); } } }",
        "const handler = () => { for (;;) try { (function f() { f() })() } catch {} }",
        "const handler = () => new Array(3e6).fill(0).sort(() => { for (;;); })",
        "const handler = () => { for (;;) try { aimatrix.kv.get({ key: 'k' }) } catch {} }",
        "const handler = () => { for (;;) try { eval('1') } catch {} }",
        "const handler = () => { let n = 3n; for (;;) n = n * n % (2n ** 4000n - 1n) }",
    ]

    @Test(arguments: endless)
    func whatDoesNotEndIsEnded(_ script: String) throws {
        let result = try fixture.run(script, limits: SandboxLimits(milliseconds: 400))
        #expect(result.outcome == .timeout, "\(result)")
        #expect(result.error == "it took more than 400 ms")
        #expect(result.usage.wallMicroseconds >= 400_000)
        // Nothing of it is left for the next one.
        #expect(fixture.runner.session == nil)
        #expect(try fixture.run("const handler = () => 1").result == 1)
    }

    @Test func theTimeIsEachCallsOwn() throws {
        var limits = JavaScriptFixture.roomy
        #expect(try fixture.run("const handler = () => 1", limits: limits).result == 1)
        let session = try #require(fixture.runner.session)
        // A warm engine has lived for longer than this call may.
        limits.milliseconds = 30
        let result = try fixture.run("for (;;);", limits: limits)
        #expect(result.outcome == .timeout)
        #expect(!session.isUsable)
    }

    /// Scripts that need more and more memory.
    private static let greedy = [
        "const a = []; for (;;) a.push(new Array(1e5).fill(1.5))",
        "const a = []; for (let i = 0; ; i++) a.push(('ü' + i).repeat(9999).toUpperCase())",
        "const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1))",
        "const m = new Map(); for (let i = 0; ; i++) m.set(i, {})",
        "let f = () => 1; for (;;) { const g = f; f = () => g }", "const o = {}; for (let i = 0; ; i++) o['k' + i] = i",
        "const a = []; for (let i = 0; ; i++) a.push(Symbol('s' + i))",
        "const a = []; function handler() { (function f() { a.push(Promise.resolve().then(f).then(f)) })() }",
    ]

    @Test(arguments: greedy)
    func whatNeedsTooMuchMemoryIsEnded(_ script: String) throws {
        let result = try fixture.run(script, limits: SandboxLimits(milliseconds: 300_000, memoryBytes: 96 << 20))
        #expect(result.outcome == .oom, "\(result)")
        #expect(result.usage.peakBytes > 48 << 20)
        #expect(fixture.runner.session == nil)
        #expect(try fixture.run("const handler = () => 1").result == 1)
    }

    /// Scripts that the engine itself stops, as exceptions that can be caught.
    private static let stopped = [
        ("function f() { f() } f()", "RangeError: Maximum call stack size exceeded."),
        (
            "const f = new Proxy({}, { get(t, k, r) { return r[k] } }); f.x",
            "RangeError: Maximum call stack size exceeded."
        ),
        ("const a = []; a[0] = a; a.flat(Infinity)", "RangeError"),
        ("let o = 1; for (let i = 0; i < 1e5; i++) o = [o]; JSON.stringify(o)", "RangeError"),
        ("JSON.parse('['.repeat(1e6))", "SyntaxError"), ("'x'.repeat(2 ** 31)", "RangeError"),
        ("new ArrayBuffer(2 ** 50)", "RangeError"), ("new Array(-1)", "RangeError"),
        ("'x'.padEnd(2 ** 32)", "RangeError"),
        ("2n ** (2n ** 40n)", "RangeError"), ("new RegExp('('.repeat(1e5) + ')'.repeat(1e5))", "RangeError"),
        ("[].length = 2 ** 33", "RangeError"),
    ]

    @Test func whatTheEngineStopsIsAnException() throws {
        let limits = SandboxLimits(milliseconds: 120_000, memoryBytes: 256 << 20)
        for (script, error) in Self.stopped {
            let result = try fixture.run("function handler() { \(script); return 'ended' }", limits: limits)
            #expect(result.outcome == .trap("exception"), "\(script): \(result)")
            #expect(result.error?.hasPrefix(error) == true, "\(script): \(result.error ?? "")")
            let caught = try fixture.run(
                "function handler() { try { \(script) } catch (e) { return e.name } }", limits: limits)
            #expect(caught.result.string.map(error.hasPrefix) == true, "\(script): \(caught)")
        }
    }

    @Test func theEngineHasWhatItNeedsOfTheLeastLimits() throws {
        let limits = SandboxLimits(
            milliseconds: 120_000, memoryBytes: 64 << 20, processes: 1, outputBytes: 0, temporaryBytes: 0, openFiles: 3)
        #expect(try fixture.run("const handler = () => 1", limits: limits).result == 1)
    }

    @Test func aCallThatIsNoLongerWantedIsEnded() throws {
        var asked = 0
        var host = NoHost()
        let error = #expect(throws: AmxError.self) {
            try fixture.run("for (;;);", host: &host) { () throws(AmxError) in
                asked += 1
                if asked == 3 { throw AmxError(.failure, "enough") }
            }
        }
        #expect(error?.message == "enough")
        #expect(asked == 3)
        #expect(try fixture.run("const handler = () => 1").result == 1)
    }
}
