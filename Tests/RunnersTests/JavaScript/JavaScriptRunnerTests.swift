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
        #expect(result.usage.bytesIn > 0 && result.usage.bytesOut > 0)
    }
}
