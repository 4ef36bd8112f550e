import Capsules
import Foundation
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// What `docs/host-functions.md` shows works as it stands there.
@Suite("Runners: the page of host functions", .onTestThreads) struct HostDocumentationTests {
    private let page: String
    private static let members: JSONObject = [
        "capabilities": ["kv": ["visits", "orders/*"]], "resources": ["storage": ["persistent": "1MB"]],
    ]

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        page = try String(contentsOf: root.appendingPathComponent("docs/host-functions.md"), encoding: .utf8)
    }

    /// The blocks of code in a language.
    private func blocks(_ language: String) -> [String] {
        page.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
    }

    @Test func everyFunctionIsDescribed() {
        for method in CapsuleHost.methods { #expect(page.contains("`\(method)"), "\(method)") }
        let called = blocks("js").joined().components(separatedBy: "aimatrix.").dropFirst().map { text in
            String(text.prefix { $0 != "(" })
        }
        #expect(called.count > 5 && Set(called).isSubset(of: Set(CapsuleHost.methods)))
        for kind in HostFault.Kind.allCases { #expect(page.contains("| \(kind.rawValue) |"), "\(kind)") }
    }

    @Test func examplesOfMessagesAreAnsweredSo() throws {
        var fixture = try HostFixture(Self.members, files: ["knowledge/rules.json": "{\"refundDays\":30}\n"])
        _ = try fixture.ask("kv.set", ["key": "visits", "value": 41])
        let lines = page.split(separator: "\n")
        var count = 0
        for (question, answer) in zip(lines, lines.dropFirst()) where question.hasPrefix("→ ") {
            let call = try JSONParser.parse(String(question.dropFirst(2)))
            let told = try JSONParser.parse(String(answer.dropFirst(2)))
            #expect(answer.hasPrefix("← ") && call["id"] == told["id"])
            count += 1
            // Nobody is asked outside of this machine.
            guard call["method"] != "http.request" else { continue }
            let result = try fixture.ask(call["method"]?.string ?? "", call["params"] ?? .null)
            #expect(result == told["result"])
        }
        #expect(count == 4)
    }

    @Test func theExampleInPythonRuns() throws {
        let code = try #require(blocks("python").first)
        let fixture = try HostFixture(Self.members)
        try fixture.folder.write(
            "capsule/main.py",
            text: code + """

                ask("kv.set", key="visits", value=visits + 1)
                try:
                    ask("kv.get", key="other")
                except RuntimeError as error:
                    print(json.dumps([visits, str(error)]))
                """)
        let sandbox = try Sandbox(worker: BuiltPrograms.worker, showing: fixture.folder.path + "/capsule")
        for visits in 0..<3 {
            // Each run has a host of its own, and all have one store.
            var host = try HostFixture(Self.members, in: fixture.folder).host
            let result = try ProcessRunner(sandbox).run(
                EngineRun(.file(TreePath("main.py")), input: nil), host: &host, check: {})
            #expect(result.result.array?.first == .count(visits), "\(result.error ?? "")")
            #expect(result.result.array?.last?.string?.hasPrefix("capsule 'orders' denied: key 'other'") == true)
            #expect(host.denials.count == 1)
        }
    }

    @Test func theExampleInJavaScriptRuns() throws {
        let code = try #require(blocks("js").first)
        let fixture = try HostFixture(Self.members)
        try fixture.folder.write("capsule/main.js", text: code)
        let runner = try JavaScriptRunner(
            worker: BuiltPrograms.worker, showing: fixture.folder.path + "/capsule")
        for visits in 1...3 {
            var host = try HostFixture(Self.members, in: fixture.folder).host
            let result = try runner.run(
                EngineRun(.file(TreePath("main.js")), input: nil), host: &host, check: {})
            #expect(result.result == ["visits": .count(visits)], "\(result.error ?? "")")
        }
    }
}
