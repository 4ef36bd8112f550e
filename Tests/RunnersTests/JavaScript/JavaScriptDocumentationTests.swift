import Capsules
import Foundation
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// The examples of `docs/host-functions.md` run as they stand there, against the real host.
@Suite("Runners: the documentation's JavaScript", .onTestThreads) struct JavaScriptDocumentationTests {
    private static let page: String = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let file = folder.appendingPathComponent("docs/host-functions.md")
            if let text = try? String(contentsOf: file, encoding: .utf8) { return text }
        }
        return ""
    }()

    /// The blocks of JavaScript, in their order.
    private static let examples = page.components(separatedBy: "```js\n").dropFirst().compactMap {
        $0.components(separatedBy: "```").first
    }

    @Test func examplesRun() throws {
        #expect(Self.examples.count >= 6)
        var host = try HostFixture(
            [
                "capabilities": ["kv": ["*"], "ipcPublish": ["refunds.*.made"]],
                "resources": ["storage": ["persistent": "1MB"]],
                "env": ["API_TOKEN": ["type": "string", "default": "t"]],
            ], files: ["knowledge/rules.json": #"{"refundDays": 30}"#])
        let fixture = try JavaScriptFixture()
        for example in Self.examples where !example.contains("http.request") {
            let script = example.contains("function handler") ? example : "async function handler() {\n\(example)\n}"
            let result = try fixture.run(script, host: &host.host)
            #expect(result.outcome == .ok, "\(example)\n\(result.error ?? "")")
        }
        #expect(host.host.events.count == 1)
        #expect(host.host.log.count == 1)
        #expect(host.host.denials.count == 0)
    }

    @Test func denialsAreErrorsThatSayWhatToDo() throws {
        var host = try HostFixture()
        let script = """
            const handler = () => {
              try { aimatrix.kv.set({ key: 'a', value: 1 }) } catch (error) { return [error.code, error.message] }
            }
            """
        let result = try JavaScriptFixture().run(script, host: &host.host)
        #expect(result.result.array?.first == "denied", "\(result)")
        #expect(result.result.array?.last?.string?.contains("manifest.json") == true)
        let wrong = "const handler = () => { try { aimatrix.kv.get({ kee: 1 }) } catch (error) { return error.code } }"
        #expect(try JavaScriptFixture().run(wrong, host: &host.host).result == "invalidParameters")
    }
}
