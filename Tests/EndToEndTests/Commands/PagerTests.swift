import Foundation
import TestSupport
import Testing

/// Long output goes through a pager on a terminal, and nowhere else.
@Suite(.onTestThreads) struct PagerTests {
    private static let pager = "sed 's/^/paged: /'"

    private func user() throws -> AmxTool {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.write("refunds", "long.txt", String(repeating: "a line of text\n", count: 300))
        return user
    }

    @Test func itIsChosenByEnvironmentAndSetting() throws {
        let user = try user()
        let shown = { (environment: [String: String], more: [String]) in
            try user.onTerminal(["log", "refunds"] + more, environment: environment).text
        }
        #expect(try shown(["AMX_PAGER": Self.pager], []).hasPrefix("paged: "))
        #expect(try shown(["PAGER": Self.pager], []).hasPrefix("paged: "))
        #expect(try !shown(["PAGER": Self.pager], ["--no-pager"]).contains("paged: "))
        #expect(try !shown(["PAGER": Self.pager], ["--json"]).contains("paged: "))
        #expect(try !shown(["PAGER": Self.pager, "AMX_PAGER": "cat"], []).contains("paged: "))
        #expect(try !shown(["PAGER": Self.pager, "AMX_PAGER": ""], []).contains("paged: "))
        try user.json("config", "core.pager", "sed 's/^/set: /'")
        #expect(try shown(["PAGER": Self.pager], []).hasPrefix("set: "))
        #expect(try shown(["AMX_PAGER": Self.pager], []).hasPrefix("paged: "))
        // In a pipe there is nobody to turn pages, and short answers need none.
        let piped = try Tool.run(
            Executables.amx, ["log", "refunds"], in: user.directory,
            environment: user.environment.merging(["AMX_PAGER": Self.pager]) { $1 })
        #expect(!piped.text.contains("paged: "))
        #expect(try !user.onTerminal(["status"], environment: ["AMX_PAGER": Self.pager]).text.contains("paged: "))
    }

    @Test func colourGoesThroughIt() throws {
        #expect(
            try user().onTerminal(["log", "refunds"], environment: ["AMX_PAGER": Self.pager]).text.contains(
                "\u{1B}[33m"))
    }

    /// Whoever has seen enough may leave; what failed is told afterwards.
    @Test func leavingEarlyIsFine() throws {
        let user = try user()
        let left = try user.onTerminal(["diff", "refunds", "--patch"], environment: ["AMX_PAGER": "head -n 1"])
        #expect(left.status == 0 && left.text.split(separator: "\n").count == 1, "\(left.status)")
        let failed = try user.onTerminal(["log", "nothere"], environment: ["AMX_PAGER": Self.pager])
        #expect(failed.status == 3 && !failed.text.contains("paged: "))
        let all = try user.onTerminal(["diff", "refunds", "--patch"], environment: ["AMX_PAGER": "wc -l"])
        #expect(all.text.contains("306"), "\(all.text)")
    }
}
