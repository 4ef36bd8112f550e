import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// What scripts ask their host.
@Suite("Runners: JavaScript and its host", .onTestThreads) struct JavaScriptHostTests {
    private let fixture: JavaScriptFixture

    init() throws { fixture = try JavaScriptFixture() }

    /// Gives back what it is asked, and refuses what it is told to.
    private struct Echo: HostInterface {
        var calls: [String] = []

        mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
            calls.append(method)
            for kind in HostFault.Kind.allCases where parameters["key"]?.string == "\(kind)" {
                throw HostFault(kind, "no: \(kind) \"ü\"")
            }
            if method == "config.get" { return .integer(Int64(calls.count)) }
            return ["method": .string(method), "parameters": parameters]
        }
    }

    /// Calls, and what reaches the host of them.
    private static let calls: [(call: String, method: String, parameters: JSONValue)] = [
        ("assets.list()", "assets.list", [:]), ("assets.list({})", "assets.list", [:]),
        ("assets.list({ prefix: 'data/' })", "assets.list", ["prefix": "data/"]),
        (
            "assets.read({ path: 'a', encoding: 'base64', offset: 3, length: 4 })", "assets.read",
            ["path": "a", "encoding": "base64", "offset": 3, "length": 4]
        ),
        ("kv.get({ key: 'k' })", "kv.get", ["key": "k"]),
        ("kv.set({ key: 'k', value: { a: [1] } })", "kv.set", ["key": "k", "value": ["a": [1]]]),
        ("kv.set({ key: 'k', value: null })", "kv.set", ["key": "k", "value": nil]),
        ("kv.delete({ key: 'k' })", "kv.delete", ["key": "k"]), ("kv.list()", "kv.list", [:]),
        (
            "http.request({ method: 'GET', url: 'https://a.example/', headers: { a: 'b' } })", "http.request",
            ["method": "GET", "url": "https://a.example/", "headers": ["a": "b"]]
        ),
        ("events.emit({ topic: 'a.b', data: { c: 1 } })", "events.emit", ["topic": "a.b", "data": ["c": 1]]),
        ("log({ level: 'warn', message: 'ü😀\\u0000' })", "log", ["level": "warn", "message": "ü😀\u{0}"]),
        // Members that JSON does not have are left out.
        ("kv.set({ key: undefined, value: () => 1 })", "kv.set", [:]),
        // What is wrong is the host's to refuse.
        ("kv.get({ key: { a: 1 }, other: 1e20 })", "kv.get", ["key": ["a": 1], "other": .double(1e20)]),
        ("kv.get(['a'])", "kv.get", ["0": "a"]),
        ("kv.get({ get key() { return 'got' }, ['__proto__']: 1 })", "kv.get", ["key": "got", "__proto__": 1]),
        ("kv.get(new Proxy({ key: 'k' }, {}))", "kv.get", ["key": "k"]),
    ]

    @Test func callsReachTheHost() throws {
        for row in Self.calls {
            for call in ["await aimatrix.\(row.call)", "aimatrix.\(row.call)"] {
                var host = Echo()
                let result = try fixture.run("const handler = async () => \(call)", host: &host)
                #expect(
                    result.result == ["method": .string(row.method), "parameters": row.parameters],
                    "\(call): \(result.error ?? "")")
                #expect(host.calls == [row.method])
            }
        }
    }

    @Test func theResultIsThereAtOnce() throws {
        var host = Echo()
        let script = "function handler() { return aimatrix.config.get() + aimatrix.config.get({ key: 'b' }) }"
        #expect(try fixture.run(script, host: &host).result == 3)
    }

    @Test(arguments: HostFault.Kind.allCases)
    func refusalsAreErrors(_ kind: HostFault.Kind) throws {
        var host = Echo()
        let script = """
            async function handler(key) {
              const caught = [];
              try { aimatrix.kv.get({ key }) } catch (error) { caught.push(error) }
              try { await aimatrix.kv.get({ key }) } catch (error) { caught.push(error) }
              return caught.map(e => [e.code, e.message, e instanceof Error, Object.keys(e).includes('code')]);
            }
            """
        let told: JSONValue = [.string("\(kind)"), .string("no: \(kind) \"ü\""), true, false]
        let result = try fixture.run(script, .string("\(kind)"), host: &host)
        #expect(result.result == [told, told], "\(result.error ?? "")")
        // Nobody catches it.
        let uncaught = try fixture.run(
            "const handler = key => aimatrix.kv.get({ key })", .string("\(kind)"), host: &host)
        #expect(uncaught.outcome == .trap("exception"))
        #expect(uncaught.error?.hasPrefix("Error: no: \(kind) \"ü\" (") == true, "\(uncaught.error ?? "")")
    }

    /// Calls that do not reach the host, and what the errors say.
    private static let refused: [(call: String, error: String)] = [
        ("kv.get('k')", "kv.get takes an object of parameters"), ("log(null)", "log takes an object of parameters"),
        ("kv.get(() => 1)", "kv.get takes an object of parameters"),
        ("kv.set({ value: 1n })", "JSON.stringify cannot serialize BigInt."),
        ("kv.set({ value: '\\ud800' })", "this cannot be passed on: a text in it has half of a surrogate pair"),
        ("kv.set({ value: 'x'.repeat(15 << 20) })", "this cannot be passed on: it is more than 15 MiB of JSON"),
        (
            "kv.set({ value: (() => { const a = []; a[0] = a; return a })() })",
            "JSON.stringify cannot serialize cyclic structures."
        ),
        ("kv.set({ value: { toJSON() { throw new Error('own') } } })", "own"),
        ("kv.set({ get value() { throw new Error('own') } })", "own"),
        (
            "kv.set({ value: (() => { let a = 1; for (let i = 0; i < 60; i++) a = [a]; return a })() })",
            "this cannot be passed on: it is more than 60 levels deep"
        ),
    ]

    @Test func whatCannotBePassedOnIsAnError() throws {
        let limits = SandboxLimits(milliseconds: 120_000, memoryBytes: 512 << 20)
        for row in Self.refused {
            var host = Echo()
            let script = "function handler() { try { aimatrix.\(row.call) } catch (error) { return error.message } }"
            #expect(try fixture.run(script, limits: limits, host: &host).result == .string(row.error), "\(row.call)")
            #expect(host.calls.isEmpty)
        }
    }

    @Test func callsWithinCallsAndFromResults() throws {
        var host = Echo()
        let script = """
            function handler() {
              const inner = aimatrix.kv.set({ value: { toJSON: () => aimatrix.config.get() } });
              return { inner: inner.parameters.value, toJSON() { return [this.inner, aimatrix.config.get()] } };
            }
            """
        #expect(try fixture.run(script, host: &host).result == [1, 3])
        #expect(host.calls == ["config.get", "kv.set", "config.get"])
    }

    @Test func thousandsOfCalls() throws {
        var host = Echo()
        let script =
            "function handler() { let s = 0; for (let i = 0; i < 5000; i++) s += aimatrix.config.get(); return s }"
        #expect(try fixture.run(script, host: &host).result == .integer(5_000 * 5_001 / 2))
    }

    @Test func whatTheHostOffersCannotBeChanged() throws {
        var host = Echo()
        let script = """
            function handler() {
              'use strict';
              const failures = [];
              for (const change of [
                () => { aimatrix = 1 }, () => { delete globalThis.aimatrix }, () => { aimatrix.kv = 1 },
                () => { aimatrix.kv.get = 1 }, () => { aimatrix.own = 1 }, () => { aimatrix.kv.own = 1 },
                () => { Object.setPrototypeOf(aimatrix, {}) },
                () => { Object.defineProperty(globalThis, 'aimatrix', { value: 1 }) },
              ]) try { change(); failures.push(String(change)) } catch {}
              Object.freeze = JSON.stringify = Promise.prototype.then = Array.prototype[Symbol.iterator] = null;
              Object.prototype.prefix = Object.prototype.toJSON = Object.prototype.result = 'polluted';
              delete Object.prototype.toJSON;
              return [failures, aimatrix.kv.list().parameters];
            }
            """
        let result = try fixture.run(script, host: &host)
        #expect(result.result == [[], [:]], "\(result.error ?? "")")
    }
}
