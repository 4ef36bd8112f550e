import Capsules
import Foundation
import HubClient
import Objects
import TestSupport
import Testing
import Wire

/// What a repository at a path says to event chains, whoever pushes: the client's own look at them is left out here.
@Suite struct LocalEventsTests {
    private let folder: TemporaryDirectory
    private let id: CapsuleID
    private var work: String { folder.appending("work") }

    init() throws {
        folder = try TemporaryDirectory()
        id = try CapsuleID("team")
        try Tool.git(["init", "-q", "-b", "main", "work"], in: folder.path)
        try folder.write("work/amx.json", text: "{\"name\": \"team\"}\n")
        try folder.write("work/amx.lock", text: "{\n  \"capsules\": [],\n  \"schema\": 1\n}\n")
        try Tool.git(["add", "-A"], in: work)
        try Tool.git(["commit", "-q", "-m", "Start"], in: work)
        try FileManager.default.createDirectory(
            atPath: folder.appending("shelf"), withIntermediateDirectories: true)
    }

    private func commit(_ message: String, after parent: String?) throws -> ObjectID {
        let tree = try Tool.git(["mktree"], in: work)
        let text = try Tool.git(
            ["commit-tree", tree, "-m", message] + (parent.map { ["-p", $0] } ?? []), in: work)
        return try #require(ObjectID(hex: text))
    }

    private var main: ObjectID {
        get throws { try #require(ObjectID(hex: Tool.git(["rev-parse", "main"], in: work))) }
    }

    /// Pushes commands with a pack of all that they name; gives the reasons of what is refused.
    private func push(_ changes: (name: String, old: ObjectID, new: ObjectID)...) throws -> [String: String] {
        let remote = LocalRemote(id, in: folder.appending("shelf"))
        let tips = changes.filter { !$0.new.isZero }.map { "\($0.new)\n" }.joined()
        let pack = try Tool.run(
            "git", ["pack-objects", "-q", "--revs", "--stdout"], in: work, environment: Tool.gitEnvironment,
            input: Array(tips.utf8)
        ).output
        let commands = changes.map { PushCommand(name: $0.name, old: $0.old, new: $0.new) }
        let report = try remote.push(commands, progress: { _ in }) { sink throws(AmxError) in
            let failure: AmxError? = pack.withUnsafeBytes { bytes in
                do throws(AmxError) { try sink(bytes) } catch { return error }
                return nil
            }
            if let failure { throw failure }
        }
        var reasons: [String: String] = [:]
        for result in report.results {
            if case .rejected(let reason) = result.outcome { reasons[result.name] = reason }
        }
        return reasons
    }

    @Test func takesThemAsTheyMayBe() throws {
        let name = "refs/amx/events/" + String(repeating: "a", count: 32)
        let first = try commit("installed", after: nil)
        let second = try commit("enabled", after: first.hex)
        let aside = try commit("disabled", after: first.hex)
        #expect(try push((name, .zero, first))[name]?.contains("not a workspace's repository yet") == true)
        #expect(try push((name, .zero, first), ("refs/heads/main", .zero, main)).isEmpty)
        #expect(try push((name, first, second)).isEmpty)
        #expect(try push((name, first, second))[name]?.contains("stale info") == true)
        #expect(try push((name, second, first))[name]?.contains("its events would be lost") == true)
        #expect(try push((name, second, aside))[name]?.contains("its events would be lost") == true)
        #expect(try push((name, second, .zero))[name]?.contains("events stay") == true)
        let wrong = "refs/amx/events/a/b"
        #expect(try push((wrong, .zero, first))[wrong]?.contains("does not name a replica") == true)
        let log = "refs/amx/operations"
        #expect(try push((log, .zero, first))[log]?.contains("neither a branch nor an event chain") == true)
        let repository = try Repository(opening: folder.appending("shelf/team.git"))
        #expect(try repository.refs.snapshot().refs.map(\.name.string) == [name, "refs/heads/main"])
        #expect(try repository.refs.snapshot()[#require(RefName(name))]?.id == second)
    }
}
