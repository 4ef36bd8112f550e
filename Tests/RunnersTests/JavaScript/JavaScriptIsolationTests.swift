import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// What one call leaves to the next, and what scripts cannot reach.
@Suite("Runners: the walls of JavaScript", .onTestThreads) struct JavaScriptIsolationTests {
    private let fixture: JavaScriptFixture

    init() throws { fixture = try JavaScriptFixture() }

    @Test func theLanguageAndItsHostAreAllThatIsThere() throws {
        let script = """
            const handler = () => Object.getOwnPropertyNames(globalThis).filter(n => /^[a-z]/.test(n)).sort();
            """
        let result = try fixture.run(script)
        #expect(
            result.result == [
                "aimatrix", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "eval",
                "globalThis", "isFinite", "isNaN", "parseFloat", "parseInt", "undefined", "unescape",
            ])
    }

    @Test(arguments: [
        "WebAssembly", "SharedArrayBuffer", "Atomics", "console", "require", "process", "module", "fetch", "setTimeout",
        "setInterval", "setImmediate", "queueMicrotask", "XMLHttpRequest", "Worker", "importScripts", "load", "read",
        "readFile", "print", "$vm", "$262", "gc", "ShadowRealm", "imports", "window", "self", "global", "Deno",
        "structuredClone", "performance", "call", "done", "handlerInput", "ArrayBuffer.prototype.transferToShared",
    ])
    func whatOtherPlacesHaveIsNotThere(_ name: String) throws {
        #expect(try fixture.run("const handler = () => typeof \(name)").result == "undefined")
    }

    /// Ways from text to code.
    private static let evaluations = [
        "eval('1')", "(0, eval)('1')", "globalThis['ev' + 'al']('1')", "Reflect.apply(eval, null, ['1'])",
        "Function('return 1')()", "new Function('return 1')()", "(() => 1).constructor('return 1')()",
        "[].constructor.constructor('return 1')()", "''.sub.constructor('return 1')()",
        "aimatrix.kv.get.constructor('return 1')()", "aimatrix.log.constructor('return 1')()",
        "(async () => 1).constructor('return 1')()", "(function* () {}).constructor('yield 1')().next().value",
        "(async function* () {}).constructor('yield 1')().next()",
        "Reflect.construct(Function, ['return 1'], class {})()", "class F extends Function {} && new F('return 1')()",
        "new (class extends Function {})('return 1')()", "Object.getPrototypeOf(handler).constructor('return 1')()",
        "new Proxy(Function, {})('return 1')()", "Function.prototype.constructor.call(null, 'return 1')()",
        "Reflect.getOwnPropertyDescriptor(Function.prototype, 'constructor').value('return 1')()",
        "[1].map(Function('return 1'))", "Promise.resolve('return 1').then(Function).then(f => f())",
        "JSON.parse('[\"return 1\"]', (k, v) => typeof v === 'string' ? Function(v)() : v)",
        "import('data:text/javascript,export default 1').then(m => m.default)", "import('/capsule/handlers/none.js')",
        "import('./none.js')", "import('node:fs')",
        "(function f() { return f.caller('x', 'y') })()",
        "(function f() { return arguments.callee.caller.constructor('return 1')() })()",
    ]

    @Test func textDoesNotBecomeCode() throws {
        for expression in Self.evaluations {
            let result = try fixture.run("async function handler() { return await (\(expression)) }")
            #expect(result.outcome == .trap("exception"), "\(expression): \(result)")
        }
    }

    @Test func oneCallDoesNotSeeAnother() throws {
        let pollution = """
            globalThis.left = 1; var alsoLeft = 2;
            Object.prototype.polluted = 3; Array.prototype.push = null; String.prototype.trim = () => 'mine';
            Promise.prototype.then = null; JSON.stringify = () => 'mine'; Symbol.for('left').description;
            Object.defineProperty(Object.prototype, 'result', { set() { throw 1 }, get() { return 1 } });
            globalThis.handler = () => { RegExp.prototype.exec = null; return 'first' };
            """
        let limits = JavaScriptFixture.roomy
        #expect(try fixture.run(pollution, limits: limits).result == "first")
        let session = try #require(fixture.runner.session)
        let look = """
            function handler() {
              return [typeof left, typeof alsoLeft, {}.polluted === undefined, [].push.name, ' a '.trim(),
                typeof Promise.prototype.then, JSON.stringify([1]), 'result' in {}, /a/.exec('a')[0]];
            }
            """
        #expect(
            try fixture.run(look, limits: limits).result == [
                "undefined", "undefined", true, "push", "a", "function", "[1]", false, "a",
            ])
        #expect(fixture.runner.session === session)
    }

    @Test func hundredsOfCallsLeaveNothing() throws {
        let script = """
            globalThis.kept = [];
            async function handler(number) {
              for (let i = 0; i < 20000; i++) kept.push({ number, text: 'x' + i });
              new Promise(() => {}); Promise.resolve().then(() => kept.push(1));
              await null;
              return [number, kept.length, typeof before];
            }
            globalThis.before === undefined && (globalThis.after = 1);
            """
        var sizes: [UInt64] = []
        var sessions: Set<ObjectIdentifier> = []
        var engine: EngineProcess?
        for number in 0..<200 {
            let result = try fixture.run(script, .integer(Int64(number)), limits: JavaScriptFixture.roomy)
            #expect(result.result == [.integer(Int64(number)), 20_001, "undefined"], "\(result)")
            if let session = fixture.runner.session { sessions.insert(ObjectIdentifier(session)) }
            let process = try engine ?? EngineProcess("/amx/js", showing: fixture.folder.path)
            engine = process
            sizes.append(try process.memory)
        }
        #expect(sessions.count == 1)
        // Once it has warmed up, no more memory is needed. When the engine collects is its own matter.
        let early = sizes[20..<60].min() ?? 0
        let late = sizes.suffix(40).min() ?? .max
        #expect(late <= early + 4 << 20, "\(sizes)")
    }

    @Test func aCallThatNeedsMuchMemoryIsFollowedByANewEngine() throws {
        let limits = SandboxLimits(milliseconds: 120_000, memoryBytes: 512 << 20)
        #expect(try fixture.run("const handler = () => 1", limits: limits).result == 1)
        let session = try #require(fixture.runner.session)
        let script = "const handler = () => new Uint8Array(320 << 20).fill(1).length"
        #expect(try fixture.run(script, limits: limits).result == .integer(320 << 20))
        // Also a third time, although two of them together would be too much.
        #expect(try fixture.run(script, limits: limits).result == .integer(320 << 20))
        #expect(try fixture.run(script, limits: limits).result == .integer(320 << 20))
        #expect(fixture.runner.session !== session)
    }

    @Test func filesOfTheCapsuleAreReadEachTime() throws {
        #expect(try fixture.run("const handler = () => 'one'").result == "one")
        #expect(try fixture.run("const handler = () => 'two'").result == "two")
    }
}
