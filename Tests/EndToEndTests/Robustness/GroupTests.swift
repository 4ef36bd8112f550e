import Foundation
import TestSupport
import Testing

/// Many capsules in one command: they are synced together, and what holds for one holds for each.
@Suite(.onTestThreads, .enabled(if: FailPoints.obstacle == nil, "\(FailPoints.obstacle ?? "")"))
struct GroupTests {
    private static let ids = (0..<12).map { "c\($0)" }

    /// A workspace with uncommitted capsules.
    private func workspace(_ user: AmxTool, _ name: String = "ada") throws -> AmxTool {
        let tool = try user.workspace(name)
        for id in Self.ids {
            try tool.write(id, "manifest.json", "{\"id\": \"\(id)\", \"name\": \"C\", \"version\": \"1.0.0\"}\n")
        }
        return tool
    }

    /// The commit of each capsule's branch; nil for none.
    private func heads(_ tool: AmxTool, _ ref: String = "refs/heads/main") throws -> [String?] {
        try Self.ids.map { id in
            guard FileManager.default.fileExists(atPath: tool.repository(id)) else { return nil }
            let head = try Tool.run(
                "git", ["rev-parse", "-q", "--verify", ref], in: tool.repository(id), environment: Tool.gitEnvironment)
            return head.status == 0 ? head.text : nil
        }
    }

    private func calls(_ tool: AmxTool, _ arguments: [String]) throws -> (alone: Int, together: Int) {
        let log = try FailPoints.calls("fsync,syncfs", of: arguments, by: tool)
        return (log.count { $0.contains("fsync(") }, log.count { $0.contains("syncfs(") })
    }

    private func sound(_ tool: AmxTool, _ ids: [String] = Self.ids) throws {
        for id in ids { try tool.check(id) }
        let states = try tool.json("status")["capsules"].array.map { $0["state"].string }
        #expect(states.count >= ids.count && states.allSatisfy { $0 == "clean" }, "\(states)")
    }

    @Test func manyAreSyncedTogetherAndOneAlone() throws {
        let user = try AmxTool()
        let ada = try workspace(user)
        guard try Self.hasSyncfs(ada) else { return }
        // Those of the note about the group, of the workspace's own commit and of amx.lock.
        let commit = try calls(ada, ["commit", "-m", "Start"])
        #expect(commit.together > 0 && commit.alone < 2 * Self.ids.count, "\(commit)")
        let grace = try user.workspace("grace", remote: ada.directory)
        let pull = try calls(grace, ["pull", "origin"] + Self.ids)
        #expect(pull.together > 0 && pull.alone < Self.ids.count, "\(pull)")
        let shelf = user.home.appending("shelf")
        try FileManager.default.createDirectory(atPath: shelf, withIntermediateDirectories: true)
        try ada.json("remote", "add", "shelf", shelf)
        let push = try calls(ada, ["push", "shelf"] + Self.ids)
        #expect(push.together > 0 && push.alone < Self.ids.count, "\(push)")
        try ada.write("c1", "more.md", "more\n")
        let one = try calls(ada, ["commit", "c1", "-m", "One"])
        #expect(one.together == 0 && (1...8).contains(one.alone), "\(one)")
        for tool in [ada, grace] { try sound(tool) }
        #expect(try heads(grace, "refs/remotes/origin/main") == heads(grace))
    }

    /// Where the kernel would not tell by one wait that a file could not be written, each is asked for.
    @Test func eachFileIsSyncedWhereOneWaitWouldNotTell() throws {
        let ada = try AmxTool().workspace()
        try ada.newCapsule("demo")
        for number in 0..<20 { try ada.write("demo", "knowledge/\(number)/a.md", "\(number)\n") }
        try ada.json("commit", "demo", "-m", "Start")
        try ada.json("pack", "demo@main", "-o", "../demo.kc")
        let commands = [
            ["unpack", "../demo.kc", "../there"], ["discard", "demo", "--yes"],
        ]
        for (number, command) in commands.enumerated() {
            for number in 0..<20 { try ada.write("demo", "knowledge/\(number)/a.md", "changed\n") }
            func count(_ path: String, failing failed: String?) throws -> Int {
                let words = number == 0 ? Array(command.dropLast()) + [path] : command
                return try FailPoints.calls("fsync", of: words, by: ada, failing: failed)
                    .count { $0.contains(" fsync(") && $0.hasSuffix("= 0") }
            }
            let each = try count("../each", failing: "fstatfs")
            #expect(each >= 40, "\(command): \(each)")
            guard try Self.hasSyncfs(ada) else { continue }
            for number in 0..<20 { try ada.write("demo", "knowledge/\(number)/a.md", "changed\n") }
            let together = try count("../together", failing: nil)
            #expect(together < 20, "\(command): \(together)")
        }
        let broken = try FailPoints.fail(
            "fsync", when: "3", of: ["unpack", "../demo.kc", "../broken"], by: ada, also: "fstatfs")
        #expect(broken.status == 1 && broken.errors.contains("to the disk: Input/output error"), "\(broken.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(ada.directory)/../broken"))
        try sound(ada, ["demo"])
    }

    /// Whether the file system of a workspace is one whose syncfs tells of failures.
    private static func hasSyncfs(_ tool: AmxTool) throws -> Bool {
        let type = try Tool.run("stat", ["-f", "-c", "%T", tool.directory])
        return ["ext2/ext3", "xfs", "btrfs", "f2fs", "tmpfs"].contains(type.text)
    }

    /// `when` counts the calls of each thread.
    @Test(arguments: ["1+", "2+", "3+", "4"])
    func whatDidNotReachTheDiskIsNotThere(when: String) throws {
        let user = try AmxTool()
        let ada = try workspace(user)
        guard try Self.hasSyncfs(ada) else { return }
        let words = ["commit", "-m", "Start"] + Self.ids
        let failed = try FailPoints.fail("syncfs", when: when, of: words, by: ada)
        if failed.status == 0 {
            #expect(when == "4", "\(failed.errors)")
        } else {
            #expect(failed.status == 1)
            #expect(failed.errors.contains("to the disk: Input/output error"), "\(failed.errors)")
        }
        // The next command ends what a note tells of.
        try ada.json("new", "sweeper")
        let commits = try heads(ada)
        #expect(commits.allSatisfy { $0 == nil } || commits.allSatisfy { $0 != nil }, "\(commits)")
        #expect(when != "1+" || commits.allSatisfy { $0 == nil })
        _ = try ada.run(words)
        #expect(try heads(ada).allSatisfy { $0 != nil })
        try sound(ada)

        let grace = try user.workspace("grace", remote: ada.directory)
        let pull = ["pull", "origin"] + Self.ids
        let stopped = try FailPoints.fail("syncfs", when: when, of: pull, by: grace)
        #expect(stopped.status == 1 || when == "4", "\(stopped.errors)")
        if when == "1+" { #expect(try heads(grace, "refs/remotes/origin/main").allSatisfy { $0 == nil }) }
        #expect(try grace.run(pull).status == 0)
        #expect(try heads(grace) == heads(ada))
        try sound(grace)
    }

    @Test(arguments: [1, 7, 13, 22])
    func killedAnywhereAllOfACommitOrNothingOfIt(call: Int) throws {
        let user = try AmxTool()
        let ada = try workspace(user)
        let words = ["commit", "-m", "Start"]
        _ = try FailPoints.kill(before: call, of: words, by: ada)
        try ada.json("new", "sweeper")
        let commits = try heads(ada)
        #expect(commits.allSatisfy { $0 == nil } || commits.allSatisfy { $0 != nil }, "\(commits)")
        _ = try ada.run(words)
        try sound(ada)
        let grace = try user.workspace("grace", remote: ada.directory)
        _ = try FailPoints.kill(before: call, of: ["pull"], by: grace)
        _ = try FailPoints.kill(before: call, of: ["pull", "origin"] + Self.ids, by: grace)
        #expect(try grace.run(["pull", "origin"] + Self.ids).status == 0)
        #expect(try heads(grace) == heads(ada))
        try sound(grace)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(grace.directory)/.aimatrix/store").count
                == Self.ids.count)
    }
}
