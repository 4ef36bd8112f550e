import Foundation
import TestSupport
import Testing

/// Calls of tools through `amx serve`.
@Suite(.onTestThreads) struct ServeCallTests {
    /// What an agent is told of a call, and what was recorded of it.
    private static func outcomes(_ work: AmxTool, _ id: String = "wc") throws -> [String] {
        try work.executions(id).compactMap { $0["outcome"].string }
    }

    @Test(arguments: [
        ("js", "wc", true), ("python", "wc", true), ("wasm", "wc", true), ("mcp", "wc__greet", false),
    ])
    func templatesAreCalled(template: String, tool: String, isStructured: Bool) throws {
        let work = try AmxTool().workspace()
        try work.json("new", "wc", "--template", template)
        let session = try ServeSession(work)
        #expect(try session.tools().keys.sorted() == [tool])
        for name in ["Ada", "Bob"] {
            let result = try session.call(tool, #"{"name": "\#(name)"}"#)
            #expect(result["isError"].bool == false)
            #expect(result["content"][0]["type"].string == "text")
            #expect(result["content"][0]["text"].string?.contains("Hello, \(name)") == true)
            if isStructured { #expect(result["structuredContent"]["greeting"].string == "Hello, \(name)") }
        }
        #expect(try session.close() == 0)
        #expect(session.others.isEmpty)
        #expect(try work.executions().filter { $0["status"].string == "started" }.count >= 2)
        #expect(try Set(Self.outcomes(work)) == ["ok"])
    }

    private static let failures = """
        function handler(input) {
            if (input.how === "throw") throw new Error("no such order");
            if (input.how === "wrong") return { n: "text" };
            if (input.how === "ever") while (true) {}
            return { n: 1 };
        }
        """

    /// A call that fails is answered with why, and leaves an engine for the next one.
    @Test func failuresSayWhy() throws {
        let work = try AmxTool.running(
            """
            "runtime": {"engine": "js"}, "tools": [{"name": "t", "description": "d", "handler": "main.js", "timeout": 1000,
              "inputSchema": {"type": "object", "required": ["how"]},
              "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}}},
             {"name": "dies", "description": "d", "handler": "dies.py", "inputSchema": {"type": "object"}}]
            """, ["main.js": Self.failures, "dies.py": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)\n"])
        let session = try ServeSession(work)
        for (arguments, words) in [
            ("{}", "how"), (#"{"how": "throw"}"#, "no such order"), (#"{"how": "wrong"}"#, "n"),
            (#"{"how": "ever"}"#, "timeout"), (#"{"how": "throw"}"#, "no such order"),
        ] {
            let result = try session.call("wc__t", arguments)
            let text = result["content"][0]["text"].string ?? ""
            #expect(
                result["isError"].bool == true && text.hasPrefix("wc__t failed (") && text.contains(words), "\(result)")
            #expect(result["structuredContent"] == .null)
            #expect(try session.call("wc__t", #"{"how": "well"}"#)["structuredContent"]["n"].int == 1)
        }
        for _ in 1...3 {
            let text = try session.call("wc__dies")["content"][0]["text"].string
            #expect(text?.contains("signal(11)") == true)
        }
        #expect(try session.close() == 0)
        let expected = ["trap(input)", "trap(exception)", "trap(result)", "timeout", "trap(exception)"]
        #expect(
            try Self.outcomes(work)
                == expected.flatMap { [$0, "ok"] } + Array(repeating: "signal(11)", count: 3))
    }

    /// Somebody else's approval counts for the next call, without a new start.
    @Test func approvalsAreAwaited() throws {
        let ada = try AmxTool.running(
            #""securityLevel": "RESTRICTED", "runtime": {"main": "main.py"}"#, ["main.py": "print('[7]')\n"])
        let bob = try AmxTool("Bob").at(ada.directory)
        let session = try ServeSession(ada)
        let denied = try session.call("wc")
        let text = try #require(denied["content"][0]["text"].string)
        #expect(denied["isError"].bool == true && text.contains("denied(approval)"))
        let wish = try #require(try bob.json("approvals")["approvals"][0]["id"].string)
        #expect(text.contains("\nhint: somebody other than ada@example.com can approve it with `amx approve \(wish)`"))
        try bob.json("approve", wish)
        let result = try session.call("wc")
        #expect(result["isError"].bool == false && result["content"][0]["text"].string == "[7]")
        // Another input is another thing to approve.
        #expect(try session.call("wc", #"{"n": 1}"#)["isError"].bool == true)
        #expect(try session.close() == 0)
        #expect(try Self.outcomes(ada) == ["denied(approval)", "ok", "denied(approval)"])
    }

    /// One whose calls do not end by themselves.
    private static let slow = (
        #""runtime": {"main": "main.py"}"#, ["main.py": "import time\ntime.sleep(600)\n"]
    )

    @Test func cancelledCallsEnd() throws {
        let work = try AmxTool.running(Self.slow.0, Self.slow.1)
        let session = try ServeSession(work)
        let id = try session.beginCall("wc")
        let hasBegun = try Patience.waits { try work.executions().contains { $0["status"].string == "started" } }
        #expect(hasBegun)
        // The same id stands for one call at a time, and others are answered meanwhile.
        try session.say(#"{"id": \#(id.int ?? 0), "method": "tools/call", "params": {"name": "wc"}}"#)
        #expect(try session.answer(id)["error"]["code"].int == -32_600)
        #expect(try session.ask("ping")["error"] == .null)
        try session.cancel(id)
        let hasEnded = try Patience.waits { try !Self.outcomes(work).isEmpty }
        #expect(hasEnded)
        #expect(try work.executions().last?["error"].string == "the call was cancelled")
        #expect(try session.close() == 0)
        #expect(session.answers(id).count == 1)
        #expect(try Self.outcomes(work) == ["signal(2)"])
    }

    /// How many runs of a capsule were under way at once, by its history.
    private static func most(_ executions: [JSONNode]) -> Int {
        var (now, most) = (Set<String>(), 0)
        for execution in executions {
            let id = execution["executionId"].string ?? ""
            if execution["status"].string == "started" { now.insert(id) } else { now.remove(id) }
            most = max(most, now.count)
        }
        return most
    }

    @Test func fourCallsOfACapsuleRunAtOnce() throws {
        let work = try AmxTool.running(Self.slow.0, Self.slow.1)
        let session = try ServeSession(work)
        let ids = try (1...8).map { _ in try session.beginCall("wc") }
        func begun() throws -> Int { try work.executions().count { $0["status"].string == "started" } }
        #expect(try Patience.waits { try begun() == 4 })
        // Those that end make room for others.
        for id in ids.prefix(4) { try session.cancel(id) }
        #expect(try Patience.waits { try begun() == 8 })
        for id in ids.suffix(4) { try session.cancel(id) }
        #expect(try session.close() == 0)
        #expect(try Self.most(work.executions()) == 4)
        #expect(try Self.outcomes(work) == Array(repeating: "signal(2)", count: 8))
        #expect(ids.allSatisfy { session.answers($0).isEmpty })
    }

    /// More calls than can wait are answered as well, at once.
    @Test func tooManyCallsAreRefused() throws {
        let work = try AmxTool.running(Self.slow.0, Self.slow.1)
        let session = try ServeSession(work)
        var lines = ""
        for id in 1...3_000 {
            lines += #"{"id": "c\#(id)", "method": "tools/call", "params": {"name": "wc"}}"# + "\n"
        }
        try session.say(bytes: Array(lines.utf8))
        _ = try session.ask("ping")
        let refused = session.messages.filter {
            $0["result"]["content"][0]["text"].string == "too many calls of wc wait\nhint: call it again later"
        }
        // 256 wait, up to four run.
        #expect((2_740...2_744).contains(refused.count))
        session.program.terminate()
        #expect(session.program.waitUntilExit() == 130)
    }

    /// Large results come whole, and what a program writes besides is no message.
    @Test func largeResultsComeWhole() throws {
        let program = """
            import json, sys
            print("\\n{\\"jsonrpc\\": 1}\\n" * 1000, file=sys.stderr)
            print(json.dumps({"text": "x\\n" * 1500000}))
            """
        let session = try ServeSession(AmxTool.running(#""runtime": {"main": "main.py"}"#, ["main.py": program]))
        let text = try session.call("wc")["structuredContent"]["text"].string
        #expect(text == String(repeating: "x\n", count: 1_500_000))
        #expect(try session.close() == 0)
        #expect(session.others.isEmpty && session.messages.count == 2)
    }
}
