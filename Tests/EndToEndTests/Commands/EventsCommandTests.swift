import Foundation
import Glibc
import TestSupport
import Testing

/// `amx events` beside other processes, and the events of releases.
@Suite(.onTestThreads) struct EventsCommandTests {
    private func workspace(_ ids: [String]) throws -> AmxTool {
        let work = try AmxTool().workspace()
        for id in ids { try work.json("new", id) }
        try work.json("commit", "-m", "Start")
        return work
    }

    @Test(arguments: [SIGINT, SIGTERM]) func followShowsWhatOtherProcessesDoUntilItIsInterrupted(_ signal: Int32) throws
    {
        let ids = ["a", "b", "c", "d"]
        let work = try workspace(ids)
        try work.json("release", "a")
        let path = work.home.appending("seen")
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        let follow = try RunningProgram(
            Executables.amx, ["events", "--follow", "--since", "1h", "--json"], in: work.directory,
            environment: work.environment, output: file, errors: file)
        func lines() throws -> [JSONNode] {
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
            #expect(text.isEmpty || text.hasSuffix("\n"))
            return try text.split(separator: "\n").map { try JSONNode(Array($0.utf8)) }
        }
        #expect(try Patience.waits { try lines().count == 1 })
        let others = try [work.start("release", "b"), work.start("release", "c")]
        for other in others { #expect(other.waitUntilExit() == 0) }
        try work.json("events", "--fold")
        try work.json("release", "d")
        #expect(try Patience.waits { try lines().count == 4 })
        follow.send(signal)
        #expect(follow.waitUntilExit() == 130)
        let seen = try lines()
        #expect(seen == (try work.json("events")["events"].array))
        #expect(seen.compactMap { $0["sequence"].int } == [1, 2, 3, 4])
        #expect(Set(seen.compactMap { $0["capsuleId"].string }) == Set(ids))
        #expect(try work.json("audit")["events"].int == 4)
    }

    @Test func aNewReleaseIsAnEventAndNoOtherIs() throws {
        let work = try workspace(["refunds"])
        let release = try work.json("release", "refunds")
        let event = try work.json("events")["events"][0]
        #expect(event["id"] == release["event"] && event["eventType"].string == "published")
        #expect(
            event["payload"]
                == .object([
                    "version": .string("0.1.0"), "digest": release["digest"], "commit": release["commit"],
                ]))
        #expect(event["userId"].string?.hasPrefix("p1:") == true)
        let again = try work.json("release", "refunds")
        #expect(again["existed"].bool == true && again["event"] == .null)
        #expect(try work.json("events")["events"].array.count == 1)
        #expect(try work.json("audit")["events"].int == 1)
    }

    @Test func aReleaseIsMadeAlsoWhereNoEventCanBe() throws {
        let work = try workspace(["refunds", "billing"])
        // Where a file should be.
        try FileManager.default.createDirectory(
            atPath: "\(work.directory)/.aimatrix/journal.lock", withIntermediateDirectories: false)
        let outcome = try work.run("release", "refunds")
        #expect(outcome.status == 0 && outcome.text.contains("Released refunds 0.1.0"))
        #expect(
            outcome.errors.contains("warning: refunds 0.1.0 is released, but the event was not recorded: "),
            "\(outcome.errors)")
        #expect(try work.json("release", "billing")["event"] == .null)
        #expect(try work.json("release", "refunds")["existed"].bool == true)
    }

    @Test func statesAreShownInBothModes() throws {
        let work = try workspace(["refunds"])
        #expect(try work.json("events", "--state") == .object(["states": .array([])]))
        #expect(try work.run("events", "--state").text == "")
        try work.json("release", "refunds")
        let id = try work.json("events")["events"][0]["id"]
        #expect(
            try work.json("events", "--state")["states"]
                == .array([
                    .object([
                        "capsuleId": .string("refunds"), "organizationId": .string("work"), "lastEvent": id,
                        "state": .object([:]),
                    ])
                ]))
        let tool = work.home.appending("tool")
        try FileManager.default.createDirectory(atPath: tool, withIntermediateDirectories: false)
        try work.json("remote", "add", "origin", tool)
        let other = try work.at(work.home.path).workspace("tool-work")
        try other.json("new", "tool")
        try other.json("commit", "-m", "Start")
        try other.json("release", "tool")
        try other.json("remote", "add", "origin", tool)
        try other.json("push", "origin", "tool")
        try work.json("install", "tool")
        func state(_ more: String...) throws -> JSONNode {
            let outcome = try work.run(["events", "--state", "tool", "--organization", "work", "--json"] + more)
            return try JSONNode(outcome.output)["states"][0]["state"]
        }
        let (full, strict) = (try state(), try state("--strict"))
        #expect(full["status"].string == "active" && full["version"].string == "0.1.0")
        #expect(strict["status"].string == "active" && strict["version"] == .null)
        let text = try work.run("events", "--state").text
        #expect(text.hasPrefix("refunds  work  {}\ntool     work  {\"installedAt\":"), "\(text)")
        try work.fails(3, "events", "--state", "nothing", saying: "there are no events of nothing")
        for words in [["--strict"], ["--state", "--follow"], ["--state", "--since", "1h"], ["--state", "--fold"]] {
            let outcome = try work.run(["events"] + words)
            #expect(outcome.status == 2, "\(words): \(outcome.errors)")
        }
    }
}
