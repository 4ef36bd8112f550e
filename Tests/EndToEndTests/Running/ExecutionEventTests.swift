import Foundation
import TestSupport
import Testing

/// What the events of runs say, and that each run has one beginning and one end.
@Suite(.onTestThreads) struct ExecutionEventTests {
    /// A run whose `amx` was killed has its end recorded by the next one, once.
    @Test func killedRunsGetTheirEnd() throws {
        let work = try AmxTool.running(
            #""runtime": {"main": "main.py"}"#,
            [
                "main.py": """
                import json, sys, time
                given = json.load(sys.stdin)
                print("here", file=sys.stderr, flush=True)
                time.sleep(given.get("seconds", 0))
                print("true")
                """
            ])
        let program = try work.start("run", "wc", #"{"seconds": 60}"#)
        let runs = "\(work.directory)/.aimatrix/cache/runs"
        // A second one would be its end.
        while program.isRunning, try work.executions().isEmpty {}
        kill(program.processIdentifier, SIGKILL)
        #expect(program.waitUntilExit() == 128 + SIGKILL)
        let left = try FileManager.default.contentsOfDirectory(atPath: runs)
        #expect(left.count == 1)
        #expect(try work.executions().map { $0["status"].string } == ["started"])
        // What is younger than a minute may be somebody's who has just begun.
        for name in left {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -3_600)], ofItemAtPath: "\(runs)/\(name)")
        }
        for _ in 0..<2 { try work.json("run", "wc") }
        let executed = try work.executions()
        let killed = executed.filter { $0["executionId"] == executed[0]["executionId"] }
        #expect(killed.map { $0["status"].string } == ["started", "failed"])
        #expect(killed[1]["outcome"].string == "signal(9)")
        #expect(killed[1]["error"].string == "amx was killed while it ran")
        #expect(executed.count == 6)
        #expect(try FileManager.default.contentsOfDirectory(atPath: runs).isEmpty)
    }

    /// Whatever a run tells, its end is recorded: what is too large for an event stands there as size and digest.
    @Test func whatIsTooLargeIsCutDown() throws {
        let work = try AmxTool.running(
            #""runtime": {"main": "main.js"}, "capabilities": {"ipcPublish": ["orders.*"]}"#,
            [
                "main.js": """
                function handler() {
                  let deep = 1;
                  for (let i = 0; i < 55; i++) deep = [deep];
                  aimatrix.events.emit({ topic: "orders.small", data: [1] });
                  aimatrix.events.emit({ topic: "orders.large", data: "x".repeat(1 << 20) });
                  aimatrix.events.emit({ topic: "orders.deep", data: deep });
                  throw new Error("e" + "\\u0301".repeat(400000));
                }
                """
            ])
        let run = try work.run("run", "wc", "--json")
        #expect(run.status == 1)
        let executed = try work.executions()
        #expect(executed.map { $0["status"].string } == ["started", "progress", "progress", "progress", "failed"])
        #expect(executed[1]["event"]["data"][0].int == 1)
        #expect(executed[2]["event"]["data"]["bytes"].int == (1 << 20) + 2)
        #expect(executed[2]["event"]["data"]["sha256"].string?.count == 64)
        #expect(executed[3]["event"]["data"]["sha256"].string?.count == 64)
        #expect((executed[4]["error"].string?.utf8.count ?? 0) <= 2_002)
        #expect(executed[4]["calls"]["events.emit"].int == 3)
        #expect(executed[4]["outcome"].string == "trap(exception)")
    }

    /// A secret is in no event, also not where the code's own error tells it.
    @Test func secretsStandInNoEvent() throws {
        let work = try AmxTool.running(
            #""runtime": {"main": "main.js"}, "env": {"TOKEN": {"type": "secret"}}"#,
            [
                "main.js": """
                function handler() { throw new Error("token " + aimatrix.config.get({ key: "TOKEN" }).value); }
                """
            ])
        _ = try work.run(["run", "wc", "--env", "TOKEN"], with: ["TOKEN": "hunter2-hunter2"])
        let last = try #require(try work.executions().last)
        #expect(last["status"].string == "failed")
        #expect(last["error"].string?.contains("token [secret TOKEN]") == true, "\(last["error"])")
    }

    /// Settings of a run come from its command line or its environment, as the manifest declares them.
    @Test func settingsAreGiven() throws {
        let work = try AmxTool.running(
            #"""
            "runtime": {"main": "main.js"}, "env": {"TOKEN": {"type": "secret", "request": "Your token?"},
              "REGION": {"enumValues": ["eu", "us"], "default": "eu"}, "MOST": {"type": "number"}, "LOUD": {"type": "boolean"}}
            """#,
            [
                "main.js": """
                function handler() {
                  return ["TOKEN", "REGION", "MOST", "LOUD"].map((key) => aimatrix.config.get({ key }).value);
                }
                """
            ])
        #expect(try work.json("run", "wc")["result"].array == [.null, .string("eu"), .null, .null])
        let all = try work.run(
            ["run", "wc", "--json", "--env", "TOKEN", "--env", "REGION=us", "--env", "MOST=1.5", "--env=LOUD=true"],
            with: ["TOKEN": "t=1"])
        #expect(try JSONNode(all.output)["result"].array == [.string("t=1"), .string("us"), .double(1.5), .bool(true)])
        for (words, reason) in [
            (["TOKEN=x"], "a secret does not belong on a command line"), (["TOKEN"], "the environment has no variable"),
            (["REGION=de"], "it is one of eu, us"), (["MOST=many"], "'many' is no number"),
            (["LOUD=1"], "'1' is no boolean"), (["REGIO=eu"], "has no setting 'REGIO'"),
        ] {
            let run = try work.run(["run", "wc"] + words.flatMap { ["--env", $0] })
            #expect(run.status == 2 && run.errors.contains(reason), "\(run.errors)")
        }
    }

    /// What is DANGEROUS is written down whole: what went in, each call of the host, what came out.
    @Test func whatIsDangerousIsAudited() throws {
        let ada = try AmxTool.running(
            #"""
            "runtime": {"main": "main.js"}, "securityLevel": "DANGEROUS", "capabilities": {"kv": ["a*"]},
            "resources": {"storage": {"persistent": "1MB"}}
            """#,
            [
                "main.js": """
                function handler(input) {
                  aimatrix.kv.set({ key: "a1", value: input });
                  try { aimatrix.kv.get({ key: "b" }); } catch {}
                  return { stored: true };
                }
                """
            ])
        let bob = try AmxTool("Bob").at(ada.directory)
        try bob.json("config", "approvals.admins", "bob@example.com")
        try ada.fails(7, "run", "wc", #"{"n": 1}"#, saying: "nobody has approved this run")
        let id = try #require(try bob.json("approvals")["approvals"][0]["id"].string)
        try bob.json("approve", id)
        #expect(try ada.json("run", "wc", #"{"n": 1}"#)["success"].bool == true)
        let executed = try ada.executions()
        #expect(
            executed.map { $0["status"].string } == [
                "started", "failed", "started", "progress", "progress", "completed",
            ])
        #expect(executed[0]["approval"].string == nil && executed[1]["outcome"].string == "denied(approval)")
        #expect(executed[2]["approval"].string == id && executed[2]["input"]["n"].int == 1)
        #expect(executed[0]["parameters"] == executed[2]["parameters"])
        #expect(executed[3]["denial"]["rule"].string == "capabilities.kv")
        #expect(executed[4]["calls"].array.map { $0["method"].string } == ["kv.set", "kv.get"])
        #expect(executed[4]["calls"].array.map { $0["subject"].string } == ["a1", "b"])
        #expect(executed[4]["calls"].array.map { $0["error"].int } == [nil, -32_001])
        #expect(executed[5]["result"]["stored"].bool == true && executed[5]["denials"].int == 1)
        #expect(executed[5]["calls"]["kv.set"].int == 1)
    }

    /// Grants know who runs it.
    @Test func grantsAskWhoRunsIt() throws {
        let work = try AmxTool.running(
            #"""
            "runtime": {"main": "main.js"}, "capabilities": {"kv": ["*"]}, "resources": {"storage": {"persistent": "1MB"}},
            "permissions": [{"resource": "storage", "actions": ["write"],
              "conditions": [{"field": "user", "operator": "equals", "value": "bob@example.com"}]}]
            """#,
            ["main.js": "function handler() { aimatrix.kv.set({ key: 'a', value: 1 }); return true; }"])
        let ada = try work.run("run", "wc", "--json")
        #expect(try JSONNode(ada.output)["error"].string?.contains("'write' on 'storage' not granted") == true)
        #expect(try work.executions().compactMap { $0["denial"]["layer"].string } == ["permission"])
        let bob = try AmxTool("Bob").at(work.directory)
        #expect(try bob.json("run", "wc")["result"].bool == true)
    }
}
