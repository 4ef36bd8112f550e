import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// Runs functions by the real engine in the sandbox.
@Suite("Runners: JavaScript", .onTestThreads) struct JavaScriptRunnerTests {
    private let fixture: JavaScriptFixture

    init() throws { fixture = try JavaScriptFixture() }

    @Test func aHandlerGivesBackWhatItIsGiven() throws {
        let result = try fixture.run("function handler(input) { return input }", ["a": [1, 2.5, nil, "ü😀"]])
        #expect(result.outcome == .ok, "\(result)")
        #expect(result.result == ["a": [1, 2.5, nil, "ü😀"]])
        #expect(result.usage.wallMicroseconds > 0 && result.usage.peakBytes > 1 << 20)
        #expect(result.usage.processorMicroseconds > 0)
        #expect(result.usage.bytesIn > 0 && result.usage.bytesOut > 0)
        #expect(result.log.isEmpty)
    }

    /// Scripts, inputs, and what comes of them.
    private static let results: [(script: String, input: JSONValue, result: JSONValue)] = [
        // How a handler may be declared.
        ("var handler = input => input + 1", 1, 2),
        ("const handler = input => input + 1", 1, 2),
        ("let handler; handler = async input => input + 1", 1, 2),
        ("globalThis.handler = function (input) { return input + 1 }", 1, 2),
        ("handler = new Proxy(input => input + 1, {})", 1, 2),
        ("'use strict'; function handler() { return this === undefined }", .null, true),
        ("\u{FEFF}function handler() { return 'mark' }", .null, "mark"),
        // Promises.
        ("async function handler(i) { await null; return (await i) * 2 }", 4, 8),
        ("const handler = i => new Promise(done => Promise.resolve().then(() => done(i)))", "p", "p"),
        ("const handler = i => ({ then(done) { done(i) } })", "thenable", "thenable"),
        ("const handler = i => Promise.all([1, i, Promise.resolve(3)])", 2, [1, 2, 3]),
        ("async function handler() { for await (const v of (async function* () { yield 7 })()) return v }", .null, 7),
        ("let late = Promise.resolve(5); async function handler() { return await late }", .null, 5),
        ("Promise.reject(1); const handler = () => 'nobody waits'", .null, "nobody waits"),
        ("const handler = async () => { try { await Promise.reject(3) } catch (e) { return e } }", .null, 3),
        // What JSON makes of values.
        ("function handler() {}", .null, .null),
        ("function handler() { return null }", .null, .null),
        (
            "function handler() { return [undefined, () => 1, Symbol(), NaN, Infinity] }", .null,
            [nil, nil, nil, nil, nil]
        ),
        ("function handler() { return { a: undefined, b: () => 1, c: 1 } }", .null, ["c": 1]),
        ("function handler() { return new Date(0) }", .null, "1970-01-01T00:00:00.000Z"),
        ("function handler() { return { toJSON() { return [1] } } }", .null, [1]),
        ("function handler() { return new Proxy({ a: 1 }, {}) }", .null, ["a": 1]),
        ("function handler() { return { get a() { return 'got' } } }", .null, ["a": "got"]),
        ("function handler() { return new Map([[1, 2]]) }", .null, [:]),
        ("function handler() { return JSON.parse('{\"__proto__\": 1, \"a\": 2}') }", .null, ["__proto__": 1, "a": 2]),
        ("function handler(i) { return Object.keys(i) }", ["__proto__": 1, "": 2], ["__proto__", ""]),
        // Numbers: JavaScript has doubles only.
        (
            "function handler(i) { return i }", [0, -1, 1.5, 9_007_199_254_740_991],
            [0, -1, 1.5, 9_007_199_254_740_991]
        ),
        ("function handler(i) { return i }", .integer(.max), .double(9.223372036854776e18)),
        (
            "function handler() { return [1e20, -1e20, 1e21, 3e-300, 1.7976931348623157e308] }", .null,
            [.double(1e20), .double(-1e20), .double(1e21), .double(3e-300), .double(1.7976931348623157e308)]
        ),
        ("function handler() { return 999999999999999900 }", .null, 999_999_999_999_999_900),
        ("function handler() { return [-0, 0.1 + 0.2] }", .null, [0, 0.30000000000000004]),
        // Texts.
        ("function handler(i) { return [...i].length }", "ä😀e\u{301}\u{2028}\u{0}", 6),
        (
            "function handler(i) { return i }", "ä😀e\u{301}\u{2028}\u{2029}\u{0}\u{1}\"\\/\u{FFFF}\u{10FFFF}",
            "ä😀e\u{301}\u{2028}\u{2029}\u{0}\u{1}\"\\/\u{FFFF}\u{10FFFF}"
        ),
        ("const größe = '😀'; function handler() { return größe + '\\u{1F600}\\ud83d\\ude00' }", .null, "😀😀😀"),
        ("function handler() { return '\\\\ud800' }", .null, "\\ud800"),
        ("function handler() { return { 'a\\\\u0000': '\\u0000' } }", .null, ["a\\u0000": "\u{0}"]),
        (
            "function handler() { return 'Straße'.localeCompare('Strasse', 'de') !== 0 && 'ı'.toUpperCase() }", .null,
            "I"
        ),
        // The language is all there.
        ("function handler(i) { return i.match(/(?<y>\\d{4})/u).groups.y }", "in 2026", "2026"),
        ("function handler() { return (10n ** 20n).toString() }", .null, "100000000000000000000"),
        ("class A { #x = 1; get x() { return this.#x } } const handler = () => new A().x", .null, 1),
        (
            "function handler() { return new Uint8Array([1, 2]).toString() + Intl.NumberFormat('de').format(1234.5) }",
            .null, "1,21.234,5"
        ),
    ]

    @Test func scriptsGiveTheirResults() throws {
        for row in Self.results {
            let result = try fixture.run(row.script, row.input, limits: JavaScriptFixture.roomy)
            #expect(result.outcome == .ok, "\(row.script): \(result.error ?? "")")
            #expect(result.result == row.result, "\(row.script)")
        }
        // All of them in one and the same engine.
        #expect(fixture.runner.session?.isUsable == true)
    }

    @Test func largeValuesPass() throws {
        let text = JSONValue.string(String(repeating: "0123456789äöüß😀\n", count: 100_000))
        let limits = SandboxLimits(milliseconds: 120_000, memoryBytes: 512 << 20)
        let result = try fixture.run("function handler(i) { return [i, i.length] }", text, limits: limits)
        #expect(result.result == [text, .integer(1_700_000)], "\(result.outcome) \(result.error ?? "")")
    }

    @Test func anEngineCanBeStartedAhead() throws {
        try fixture.runner.prepare(JavaScriptFixture.roomy)
        let ahead = fixture.runner.session
        #expect(ahead != nil)
        #expect(try fixture.run("const handler = () => 1", limits: JavaScriptFixture.roomy).result == 1)
        #expect(fixture.runner.session === ahead)
    }

    @Test func otherLimitsNeedAnotherEngine() throws {
        var limits = JavaScriptFixture.roomy
        #expect(try fixture.run("const handler = () => 1", limits: limits).result == 1)
        let first = try #require(fixture.runner.session)
        limits.milliseconds -= 1
        #expect(try fixture.run("const handler = () => 2", limits: limits).result == 2)
        #expect(fixture.runner.session === first)
        limits.memoryBytes *= 2
        #expect(try fixture.run("const handler = () => 3", limits: limits).result == 3)
        #expect(fixture.runner.session !== first)
        limits.milliseconds *= 2
        let second = fixture.runner.session
        #expect(try fixture.run("const handler = () => 4", limits: limits).result == 4)
        #expect(fixture.runner.session !== second)
    }

    @Test func onlyFilesAreRun() throws {
        var host = NoHost()
        let result = try fixture.runner.run(
            EngineRun(.component(id: "a", export: "b"), input: .null), host: &host, check: {})
        #expect(result.outcome == .setupFailed)
    }
}
