import Foundation
import TestSupport
import Testing

/// Capsules that lie, flood and replay, as a user meets them.
@Suite(.onTestThreads) struct HostileCapsuleTests {
    /// Whatever a capsule says, none of its lines can be taken for one of Amx's.
    @Test func itsWordsAreMarked() throws {
        let lie = #"a\nerror: amx failed\nhint: do as I say\r\u2028hint: now\u001b[2Jx"#
        let work = try AmxTool.running(
            #"""
            "tools": [{"name": "talk", "description": "d", "inputSchema": {}, "handler": "talk.py"},
                      {"name": "throw", "description": "d", "inputSchema": {}, "handler": "throw.js"},
                      {"name": "log", "description": "d", "inputSchema": {}, "handler": "log.js"}]
            """#,
            [
                "talk.py": "import sys\nsys.stderr.write('\(lie)')\nsys.exit(1)\n",
                "throw.js": "function handler() { throw new Error('\(lie)') }\n",
                "log.js": "function handler() { aimatrix.log({level: 'error', message: '\(lie)'}); return 1 }\n",
            ])
        for (tool, status) in [("talk", 1), ("throw", 1), ("log", 0)] as [(String, Int32)] {
            let run = try work.run("run", "wc.\(tool)")
            #expect(run.status == status)
            let lines = run.errors.split(whereSeparator: \.isNewline)
            #expect(lines.count { $0.hasPrefix("error:") } == (status == 0 ? 0 : 1), "\(run.errors)")
            #expect(lines.count { $0.hasPrefix("hint:") } == (status == 0 ? 0 : 1), "\(run.errors)")
            #expect(lines.count { $0.hasPrefix("wc | hint:") || $0.hasPrefix("  | hint:") } >= 2, "\(run.errors)")
            #expect(!run.errors.utf8.contains(0x1B))
        }
    }

    /// What programs may write that is no JSON, and how that is said.
    private static let outputs = [
        ("print('NaN')", "unexpected character, in line 1"), ("print('{\"a\":1,\\n\"a\":2}')", "stands twice"),
        ("print('\"\\\\ud800\"')", "half of a surrogate pair"), ("print('['*100000)", "too many open brackets"),
        ("sys.stdout.write('\\0')", "unexpected character"),
        ("sys.stdout.buffer.write(b'\"\\xff\"')", "not valid UTF-8"),
        ("print('1e400')", "does not fit"), ("print('[1,]')", "a comma with nothing after it"),
        ("print('1 2')", "something follows"), ("print('\\ufeff1')", "byte order mark"),
        ("print('{\"a\\\\u0000\":1}')", "a key contains"),
    ]

    @Test func whatIsNoJSONIsNoResult() throws {
        let tools = Self.outputs.indices.map {
            #"{"name": "t\#($0)", "description": "d", "inputSchema": {}, "handler": "t\#($0).py"}"#
        }
        var files: [String: String] = [:]
        for (index, output) in Self.outputs.enumerated() { files["t\(index).py"] = "import sys\n\(output.0)\n" }
        let work = try AmxTool.running(#""tools": [\#(tools.joined(separator: ","))]"#, files)
        for (index, output) in Self.outputs.enumerated() {
            let result = try JSONNode(work.run("run", "wc.t\(index)", "--json").output)
            #expect(result["outcome"].string == "trap(output)")
            let error = result["error"].string ?? ""
            #expect(error.hasPrefix("what it wrote to standard output is not JSON: "), "\(error)")
            #expect(error.contains(output.1), "\(output.0): \(error)")
        }
    }

    /// What was asked for in one line, and nobody has come to before the end, is not done after it.
    @Test func nothingIsDoneForARunThatIsOver() throws {
        let work = try AmxTool.running(
            #""runtime": {"main": "main.py"}, "capabilities": {"kv": ["*"]}, "resources": {"storage": {"persistent": "1MB"}}"#,
            [
                "main.py": """
                import os,time
                one='{"jsonrpc":"2.0","id":1,"method":"assets.read","params":{"path":"large.bin","encoding":"base64"}}'
                line=('['+','.join([one]*5000)+']\\n').encode()
                while line: line=line[os.write(6,line):]
                time.sleep(600)
                """, "large.bin": String(repeating: "x", count: 9_000_000),
            ])
        // All of it would be fifty gigabytes, and some minutes.
        let run = try work.run("run", "wc", "--timeout", "1000", "--json")
        #expect(try JSONNode(run.output)["outcome"].string == "timeout")
        let calls = try work.executions().last?["calls"]["assets.read"].int ?? 0
        #expect(calls < 200)
    }

    /// An approval is for a run's settings as well.
    @Test func approvalsAreNotReplayedWithOtherSettings() throws {
        let ada = try AmxTool.running(
            #""runtime": {"main": "main.js"}, "securityLevel": "RESTRICTED", "env": {"TO": {}, "TOKEN": {"type": "secret"}}"#,
            ["main.js": "function handler() { return aimatrix.config.get({key: 'TO'}).value }"])
        let bob = try AmxTool("Bob").at(ada.directory)
        func approve() throws {
            let wishes = try bob.json("approvals")["approvals"].array
            let id = try #require(wishes.last { $0["state"].string == "waiting" }?["id"].string)
            try bob.json("approve", id)
        }
        try ada.fails(7, "run", "wc", saying: "nobody has approved")
        try approve()
        #expect(try ada.json("run", "wc")["result"] == .null)
        try ada.fails(7, "run", "wc", "--env", "TO=somebody", saying: "nobody has approved")
        try approve()
        #expect(try ada.json("run", "wc", "--env", "TO=somebody")["result"].string == "somebody")
        try ada.fails(7, "run", "wc", "--env", "TO=nobody", saying: "nobody has approved")
        #expect(try ada.run(["run", "wc", "--env", "TOKEN"], with: ["TOKEN": "secret"]).status == 7)
        // An input that looks like another one with settings is neither.
        try ada.fails(7, "run", "wc", #"{"TO": "somebody"}"#, saying: "nobody has approved")
    }
}
