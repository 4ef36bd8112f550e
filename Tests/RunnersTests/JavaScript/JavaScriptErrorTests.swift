import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// What is said of scripts that fail.
@Suite("Runners: errors of JavaScript", .onTestThreads) struct JavaScriptErrorTests {
    private let fixture: JavaScriptFixture

    init() throws { fixture = try JavaScriptFixture() }

    /// Scripts, how they end, and what is said of that.
    private static let failures: [(script: String, code: String, error: String)] = [
        // Exceptions.
        (
            "function handler() { null.x }", "exception",
            "TypeError: null is not an object (evaluating 'null.x') (handlers/main.js:1:26)"
        ),
        (
            "\n\nfunction handler() {\n  throw new RangeError('far')\n}", "exception",
            "RangeError: far (handlers/main.js:4:23)"
        ),
        ("throw new Error('early')", "exception", "Error: early (handlers/main.js:1:16)"),
        (
            "async function handler() { await 0; throw new Error('late') }", "exception",
            "Error: late (handlers/main.js:1:52)"
        ),
        (
            "const handler = () => Promise.reject(new Error('promised'))", "exception",
            "Error: promised (handlers/main.js:1:47)"
        ),
        ("const handler = () => { throw 'only a text' }", "exception", "only a text"),
        ("const handler = () => { throw 7 }", "exception", "7"),
        ("const handler = () => { throw undefined }", "exception", "undefined"),
        ("const handler = () => { throw null }", "exception", "null"),
        ("const handler = () => { throw Symbol('s') }", "exception", "it threw something that has no text"),
        ("const handler = () => { throw { message: 'an object', line: 3 } }", "exception", "an object"),
        (
            "const handler = () => { throw { get message() { throw 1 }, toString() { throw 2 } } }", "exception",
            "it threw something that has no text"
        ),
        (
            "const handler = () => { throw new Proxy({}, { get() { throw 1 } }) }", "exception",
            "it threw something that has no text"
        ),
        (
            "const handler = () => { throw Object.assign(new Error('x'), { name: {}, line: NaN, column: -1 }) }",
            "exception",
            "[object Object]: x (handlers/main.js)"
        ),
        (
            "class Mine extends Error { name = 'Mine' }\nconst handler = () => { throw new Mine('own') }", "exception",
            "Mine: own (handlers/main.js:2:39)"
        ),
        (
            "const handler = () => { throw new Error('\\ud800|\\u0000|ü') }", "exception",
            "Error: \u{FFFD}|\u{0}|ü (handlers/main.js:1:40)"
        ),
        (
            "const handler = () => ({ then() { throw new Error('thenable') } })", "exception",
            "Error: thenable (handlers/main.js:1:50)"
        ),
        // What is no script.
        ("function handler( {", "exception", "SyntaxError: Unexpected end of script (handlers/main.js:1)"),
        ("\n\n\nx y", "exception", "SyntaxError: Unexpected identifier 'y' (handlers/main.js:4)"),
        ("export function handler() {}", "exception", "SyntaxError: Unexpected keyword 'export' (handlers/main.js:1)"),
        ("await 1; function handler() {}", "exception", "SyntaxError: Unexpected number '1' (handlers/main.js:1)"),
        ("", "exception", "there is no function handler in handlers/main.js"),
        ("const handler = { call() {} }", "exception", "there is no function handler in handlers/main.js"),
        ("function handler\u{0}() {}", "exception", "handlers/main.js is not UTF-8"),
        // What is no result.
        (
            "function handler() { return () => 1 }", "result",
            "what it gave back is not JSON: JSON has no functions and no symbols"
        ),
        (
            "const handler = () => Symbol()", "result",
            "what it gave back is not JSON: JSON has no functions and no symbols"
        ),
        ("const handler = () => 10n", "result", "TypeError: JSON.stringify cannot serialize BigInt."),
        (
            "const handler = () => { const a = {}; a.a = a; return a }", "result",
            "TypeError: JSON.stringify cannot serialize cyclic structures."
        ),
        (
            "const handler = () => ({ toJSON() { throw new Error('no') } })", "result",
            "Error: no (handlers/main.js:1:52)"
        ),
        (
            "const handler = () => ({ get a() { throw new Error('no') } })", "result",
            "Error: no (handlers/main.js:1:51)"
        ),
        (
            "const handler = () => new Proxy({}, { ownKeys() { throw new Error('no') } })", "result",
            "Error: no (handlers/main.js:1:66)"
        ),
        (
            "const handler = () => '\\udc00'", "result",
            "what it gave back is not JSON: a text in it has half of a surrogate pair"
        ),
        (
            "const handler = () => ({ ['\\ud800']: 1 })", "result",
            "what it gave back is not JSON: a text in it has half of a surrogate pair"
        ),
        ("const handler = () => ({ 'a\\u0000': 1 })", "result", "what it gave back is not JSON: a key in it has a NUL"),
        (
            "const handler = () => { let a = 1; for (let i = 0; i < 61; i++) a = [a]; return a }", "result",
            "what it gave back is not JSON: it is more than 60 levels deep"
        ),
        (
            "const handler = () => 'x'.repeat(15 << 20)", "result",
            "what it gave back is not JSON: it is more than 15 MiB of JSON"
        ),
        (
            "const handler = () => new Promise(() => {})", "result",
            "nothing is left that would settle the promise of handlers/main.js"
        ),
        (
            "const handler = async () => { await { then() {} } }", "result",
            "nothing is left that would settle the promise of handlers/main.js"
        ),
    ]

    @Test func failuresSayWhatAndWhere() throws {
        let limits = JavaScriptFixture.roomy
        for row in Self.failures {
            let result = try fixture.run(row.script, limits: limits)
            #expect(result.outcome == .trap(row.code), "\(row.script): \(result.outcome)")
            #expect(result.error == row.error, "\(row.script)")
            #expect(result.result == .null)
        }
        // An exception is the script's own matter: the engine goes on.
        let session = try #require(fixture.runner.session)
        #expect(try fixture.run("const handler = () => 1", limits: limits).result == 1)
        #expect(fixture.runner.session === session)
    }

    @Test func sixtyLevelsPass() throws {
        let script = "const handler = () => { let a = 1; for (let i = 0; i < 60; i++) a = [a]; return a }"
        #expect(try fixture.run(script).outcome == .ok)
    }

    @Test func theLogSaysWhereItWasCalledFrom() throws {
        let result = try fixture.run("function deep() { throw new Error('x') }\nfunction handler() {\n  deep()\n}")
        #expect(
            String(decoding: result.log, as: UTF8.self)
                == "    at deep@handlers/main.js:1:34\n    at handler@handlers/main.js:3:7\n")
    }

    @Test func whatIsToldOfAnExceptionIsBounded() throws {
        let script = """
            function handler() {
              const error = new Error('m'.repeat(1e6));
              Object.assign(error, { name: 'n'.repeat(1e6), stack: 's'.repeat(1e6) });
              throw error;
            }
            """
        let result = try fixture.run(script)
        #expect(result.outcome == .trap("exception"))
        #expect((result.error?.utf8.count ?? 0) < 5_000)
        #expect(result.log.count < 17_000 && result.log.count > 16_000)
    }

    @Test func filesThatAreNotThere() throws {
        var host = NoHost()
        for path in ["handlers/missing.js", "handlers"] {
            let run = EngineRun(.file(try TreePath(path)), input: .null, limits: JavaScriptFixture.patient)
            let result = try fixture.runner.run(run, host: &host, check: {})
            #expect(result.outcome == .trap("exception"))
            #expect(result.error?.hasPrefix(path + ": ") == true, "\(result.error ?? "")")
        }
    }

    @Test func filesThatAreNoText() throws {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] {
            try fixture.folder.write(
                "capsule/handlers/bytes.js", Array("const handler = () => '".utf8) + bytes + [0x27])
            var host = NoHost()
            let run = EngineRun(
                .file(try TreePath("handlers/bytes.js")), input: .null, limits: JavaScriptFixture.patient)
            #expect(try fixture.runner.run(run, host: &host, check: {}).error == "handlers/bytes.js is not UTF-8")
        }
    }

    @Test func aMachineWithoutTheEngineSaysSo() throws {
        let fixture = try JavaScriptFixture(library: "libnosuchengine.so.0")
        let error = #expect(throws: AmxError.self) { try fixture.run("const handler = () => 1") }
        #expect(error?.message == "cannot run JavaScript: there is no libnosuchengine.so.0")
        #expect(error?.hint?.contains("libjavascriptcoregtk-4.1-0") == true)
        #expect(throws: AmxError.self) { try fixture.run("const handler = () => 1") }
    }

    @Test func anInstallationWithoutTheProgramSaysSo() throws {
        let folder = try TemporaryDirectory("amx-javascript")
        let error = #expect(throws: AmxError.self) {
            try JavaScriptRunner(worker: folder.path + "/amx-worker", showing: folder.path)
        }
        #expect(error?.message == "cannot run JavaScript: there is no program \(folder.path)/amx-js")
    }
}
