import Foundation
import TestSupport
import Testing

/// How `amx serve` ends, and what it leaves.
@Suite(.onTestThreads) struct ServeEndTests {
    private static func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    /// A process's descendants.
    private static func descendants(of process: Int32) -> [Int32] {
        var (found, waiting): ([Int32], [Int32]) = ([], [process])
        while let next = waiting.popLast() {
            for thread in names("/proc/\(next)/task") {
                let children = text("/proc/\(next)/task/\(thread)/children").split(separator: " ").compactMap {
                    Int32($0)
                }
                found += children
                waiting += children
            }
        }
        return found
    }

    /// Whether a process is there that was started as this; another one may have its number by now.
    private static func isThere(_ process: Int32, _ words: String) -> Bool { text("/proc/\(process)/cmdline") == words }

    /// Four capsules, each with an engine of another kind.
    private static func mixed() throws -> AmxTool {
        let work = try AmxTool().workspace()
        for template in ["js", "python", "wasm", "mcp"] {
            try work.json("new", "t-\(template)", "--template", template)
        }
        return work
    }

    private static let tools = ["t-js", "t-python", "t-wasm", "t-mcp__greet"]

    private static func leavesNothing(_ work: AmxTool) throws -> Bool {
        try names(work.directory + "/.aimatrix/cache/runs").isEmpty && names(work.directory + "/.aimatrix/tmp").isEmpty
            && ["t-js", "t-python", "t-wasm", "t-mcp"].allSatisfy { id in
                let all = try work.executions(id)
                return all.count { $0["status"].string == "started" } == all.count { $0["outcome"] != .null }
            }
    }

    /// What is asked before the input ends is answered.
    @Test func whatIsPipedInIsAnswered() throws {
        let work = try Self.mixed()
        var lines = [#"{"id": "i", "method": "initialize", "params": \#(ServeSession.introduction)}"#]
        lines.append(#"{"method": "notifications/initialized"}"#)
        for (number, tool) in (Self.tools + Self.tools).enumerated() {
            lines.append(
                #"{"id": \#(number), "method": "tools/call", "params": {"name": "\#(tool)", "arguments": {"name": "Ada"}}}"#
            )
        }
        lines.append(#"{"id": "l", "method": "tools/list"}"#)
        // The last line needs no end.
        lines.append(#"{"id": "p", "method": "ping"}"#)
        let outcome = try work.run(["serve"], input: Array(lines.joined(separator: "\n").utf8))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let answers = try outcome.text.split(separator: "\n").map { try JSONNode(Array($0.utf8)) }.filter {
            $0["id"] != .null
        }
        #expect(answers.count == 11 && Set(answers.map { $0["id"] }).count == 11)
        #expect(answers.allSatisfy { $0["result"] != .null && $0["result"]["isError"].bool != true }, "\(answers)")
        #expect(answers.first { $0["id"] == "l" }?["result"]["tools"].array.count == 4)
        #expect(try Self.leavesNothing(work))
    }

    /// Nothing is left of a session, however it ended: no process, no folder, and every run has an end.
    @Test(arguments: [SIGTERM, SIGINT, 0]) func nothingIsLeft(signal: Int32) throws {
        let work = try Self.mixed()
        try work.develop("t-slow", #""runtime": {"main": "main.py"}"#, ["main.py": "import time\ntime.sleep(600)\n"])
        let session = try ServeSession(work)
        for tool in Self.tools { #expect(try session.call(tool)["isError"].bool == false) }
        let slow = try (1...6).map { _ in try session.beginCall("t-slow") }
        #expect(try Patience.waits { try work.executions("t-slow").count == 4 })
        let processes = Self.descendants(of: session.program.processIdentifier).map {
            ($0, Self.text("/proc/\($0)/cmdline"))
        }
        #expect(processes.count >= 10)
        if signal == 0 { for id in slow { try session.cancel(id) } } else { session.program.send(signal) }
        #expect(try signal == 0 ? session.close() == 0 : session.program.waitUntilExit() == 130)
        #expect(Patience.waits { !processes.contains { Self.isThere($0.0, $0.1) } })
        #expect(try Self.leavesNothing(work))
        let ends = try work.executions("t-slow").compactMap { $0["outcome"].string }
        #expect(ends == Array(repeating: "signal(2)", count: 4))
        #expect(session.others.isEmpty && slow.allSatisfy { session.answers($0).isEmpty })
    }

    /// A client that reads nothing holds it up as long as it likes, and not after a signal.
    @Test func itEndsAlsoWhereNobodyReads() throws {
        let work = try AmxTool.running(
            #""runtime": {"main": "main.js"}"#, ["main.js": "function handler(input) { return input }\n"])
        let session = try ServeSession(work, introduced: false, heard: false)
        let text = String(repeating: "x", count: 200_000)
        for id in 1...8 {
            try session.say(
                #"{"id": \#(id), "method": "tools/call", "params": {"name": "wc", "arguments": {"t": "\#(text)"}}}"#)
        }
        // By then answers wait for room in the pipe.
        #expect(try Patience.waits { try work.executions().contains { $0["outcome"].string == "ok" } })
        session.program.terminate()
        #expect(session.program.waitUntilExit() == 130)
        let all = try work.executions()
        #expect(all.count { $0["status"].string == "started" } == all.count { $0["outcome"] != .null })
        #expect(Self.names(work.directory + "/.aimatrix/cache/runs").isEmpty)
    }

    /// What a process has at one moment.
    private struct Holdings {
        let descriptors: Int
        let threads: Int
        let children: Int
        let zombies: Int

        init(of process: Int32) {
            descriptors = ServeEndTests.names("/proc/\(process)/fd").count
            threads = ServeEndTests.names("/proc/\(process)/task").count
            let all = ServeEndTests.descendants(of: process)
            children = all.count
            zombies = all.count { ServeEndTests.text("/proc/\($0)/stat").contains(") Z ") }
        }

        /// Whether it is no more than others, but for what belongs to a single engine that comes or goes.
        func isLike(_ other: Holdings) -> Bool {
            descriptors < other.descriptors + 24 && threads < other.threads + 6 && children < other.children + 6
                && zombies == 0
        }
    }

    /// Two hundred calls, a third of which fail, leave the process with what it had before.
    @Test func callsLeaveNothing() throws {
        let work = try Self.mixed()
        try work.develop(
            "fails", #""runtime": {"main": "main.js"}"#, ["main.js": "function handler() { throw new Error('no') }\n"])
        try work.develop(
            "dies", #""runtime": {"main": "main.py"}"#,
            ["main.py": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"])
        let session = try ServeSession(work)
        _ = try session.tools()
        let all = Self.tools + ["fails", "dies"]
        for tool in all + all { _ = try session.call(tool) }
        let before = Holdings(of: session.program.processIdentifier)
        // Each of these would leave 34 of what it leaves.
        for _ in 1...34 { for tool in all { _ = try session.call(tool) } }
        var after = before
        let isSame = Patience.waits {
            after = Holdings(of: session.program.processIdentifier)
            return after.isLike(before)
        }
        #expect(isSame, "\(before) \(after)")
        #expect(try session.close() == 0)
        #expect(try Self.leavesNothing(work))
    }
}
