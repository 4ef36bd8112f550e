import Foundation
import TestSupport
import Testing

/// `amx resolve --tool`: a program of the user's settles a conflict, or leaves it as it was.
@Suite(.onTestThreads) struct MergeToolTests {
    /// A capsule and a workspace in a merge, with a conflict of text and one of JSON.
    private func conflicted() throws -> AmxTool {
        let user = try AmxTool().workspace()
        try user.json("new", "refunds")
        let sides = [
            ("main", "base\n", #"{"x": 1}"#), ("topic", "theirs\n", #"{"x": 3}"#), ("main", "ours\n", #"{"x": 2}"#),
        ]
        for (number, side) in sides.enumerated() {
            if number > 0 { try user.json("switch", "refunds", side.0, number == 1 ? "--create" : "--json") }
            try user.write("refunds", "notes.md", side.1)
            try user.write("refunds", "data.json", side.2)
            try user.json("commit", "-m", "Change")
        }
        #expect(try user.run("merge", "refunds", "topic").status == 6)
        return user
    }

    private func text(_ user: AmxTool, _ file: String) throws -> String {
        try String(contentsOfFile: "\(user.capsule("refunds"))/\(file)", encoding: .utf8)
    }

    private func set(_ user: AmxTool, _ name: String, _ command: String) throws {
        try user.json("config", "mergetool.\(name).cmd", command)
    }

    @Test func settlesAConflict() throws {
        let user = try conflicted()
        try set(user, "cats", "cat {base} {local} '{remote}' > \"{merged}\"; pwd > \(user.home.appending("where"))")
        try user.json("config", "merge.tool", "cats")
        let outcome = try user.run("resolve", "refunds", "notes.md", "--tool")
        #expect(outcome.text == "Resolved notes.md with cats: 1 is left\n", "\(outcome.errors)")
        #expect(try text(user, "notes.md") == "base\nours\ntheirs\n")
        // By name, and with git's variables; with --json the tool's words are no part of the answer.
        try set(user, "gits", #"echo words; sed 's/2/23/' "$LOCAL" > "$MERGED""#)
        let answer = try user.json("resolve", "refunds", "data.json", "--tool=gits")
        #expect(answer["tool"].string == "gits" && answer["conflicts"].array.isEmpty)
        #expect(try text(user, "data.json") == #"{"x": 23}"#)
        let folder = try String(contentsOfFile: user.home.appending("where"), encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        #expect(folder.contains("amx-merge-") && !FileManager.default.fileExists(atPath: folder))
        try user.json("commit", "refunds")
        #expect(try user.run("cat", "refunds", "notes.md").text == "base\nours\ntheirs\n")
        try user.check("refunds")
    }

    /// The same for the workspace's own files.
    @Test func settlesAConflictOfTheWorkspace() throws {
        let user = try AmxTool().workspace("team")
        func write(_ text: String) throws {
            let folder = "\(user.directory)/agents"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/answering.md"))
        }
        try user.json("new", "refunds")
        for (branch, text) in [("main", "base\n"), ("winter", "theirs\n"), ("main", "ours\n")] {
            if text != "base\n" {
                try user.json("workspace", "switch", branch, text == "theirs\n" ? "--create" : "--json")
            }
            try write(text)
            try user.write("refunds", "\(text.dropLast()).md", text)
            try user.json("commit", "-m", "Change")
        }
        #expect(try user.run("workspace", "merge", "winter").status == 6)
        #expect(try user.json("workspace", "conflicts")["conflicts"].array.count == 2)
        try set(user, "cats", "cat {base} {local} {remote} > {merged}")
        let outcome = try user.run("workspace", "resolve", "agents/answering.md", "--tool=cats")
        #expect(outcome.text == "Resolved agents/answering.md with cats: 1 is left\n", "\(outcome.errors)")
        let file = "\(user.directory)/agents/answering.md"
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "base\nours\ntheirs\n")
        // Of a lock it is the capsules that conflict, which no tool brings together.
        let lock = user.text("amx.lock")
        try user.fails(6, "workspace", "resolve", "amx.lock", "--tool=cats", saying: "is not settled by a merge tool")
        #expect(user.text("amx.lock") == lock)
        try user.json("config", "merge.tool", "cats")
        try user.fails(3, "workspace", "resolve", "agents/none.md", "--tool", saying: "is in no conflict")
        #expect(try user.json("workspace", "resolve", "amx.lock", "--ours")["conflicts"].array.isEmpty)
        try user.json("commit")
        #expect(try user.json("workspace", "status")["state"].string == "clean")
        #expect(try user.run("fsck").status == 0)
    }

    /// What a tool may do wrong: its command, the file, the exit status, and what is said.
    static let failures: [(command: String, file: String, status: Int32, message: String)] = [
        ("echo x > {merged}; exit 3", "notes.md", 1, "the merge tool 'it' ended with status 3"),
        ("echo x > {merged}; kill -INT $$", "notes.md", 1, "the merge tool 'it' ended with status 130"),
        ("true", "notes.md", 1, "has changed nothing"),
        ("rm {merged}", "notes.md", 1, "has removed its result"),
        ("echo more >> {merged}", "notes.md", 6, "has left markers in it"),
        ("printf '<<<<<<< LOCAL\\nx\\n>>>>>>> REMOTE\\n' > {merged}", "notes.md", 6, "has left markers in it"),
        ("echo '{\"x\":' > {merged}", "data.json", 1, "is not valid JSON: line 2"),
        ("echo x > {merged}", "manifest.json", 3, "manifest.json of refunds is in no conflict"),
        ("no-such-merge-tool {merged}", "notes.md", 1, "could not be run (status 127)"),
    ]

    @Test func whatItDoesWrongLeavesTheConflict() throws {
        let user = try conflicted()
        let before = try (text(user, "notes.md"), text(user, "data.json"), user.run("conflicts", "refunds").text)
        for failure in Self.failures {
            try set(user, "it", failure.command)
            let outcome = try user.run("resolve", "refunds", failure.file, "--tool=it")
            #expect(outcome.status == failure.status, "\(failure.command)")
            #expect(outcome.errors.contains(failure.message), "\(outcome.errors)")
            #expect(outcome.errors.contains("hint: "))
            #expect(try text(user, "notes.md") == before.0 && text(user, "data.json") == before.1)
            #expect(try user.run("conflicts", "refunds").text == before.2)
            // A result that was refused is not lost.
            guard let kept = outcome.errors.split(separator: "what the tool wrote is in ").dropFirst().first else {
                #expect(!["has left markers", "is not valid JSON"].contains { failure.message.contains($0) })
                continue
            }
            let file = String(kept.prefix { $0 != "\n" })
            #expect(FileManager.default.fileExists(atPath: file))
            try FileManager.default.removeItem(atPath: URL(fileURLWithPath: file).deletingLastPathComponent().path)
        }
        try user.fails(1, "resolve", "refunds", "notes.md", "--tool", saying: "merge.tool is not set")
        try user.fails(1, "resolve", "refunds", "notes.md", "--tool=none", saying: "mergetool.none.cmd is not set")
        try user.fails(2, "resolve", "refunds", "notes.md", "--tool", "--ours", saying: "only one of")
        // A change that is made while the tool is open is not lost.
        let file = "\(user.capsule("refunds"))/notes.md"
        try set(user, "it", "echo mine > '\(file)'; echo x > {merged}")
        let outcome = try user.run("resolve", "refunds", "notes.md", "--tool=it")
        #expect(outcome.status == 6 && outcome.errors.contains("was changed while the merge tool was open"))
        #expect(try text(user, "notes.md") == "mine\n")
        // An edit from before is what the tool starts from, and its own setting trusts its status.
        try set(user, "it", "echo tool >> {merged}")
        try user.json("resolve", "refunds", "notes.md", "--tool=it")
        #expect(try text(user, "notes.md") == "mine\ntool\n")
        try set(user, "it", "true")
        try user.json("config", "mergetool.it.trustExitCode", "true")
        try user.json("resolve", "refunds", "data.json", "--tool=it")
        #expect(try user.json("conflicts", "refunds")["conflicts"].array.isEmpty)
        try user.json("commit", "refunds")
        try user.check("refunds")
    }
}
