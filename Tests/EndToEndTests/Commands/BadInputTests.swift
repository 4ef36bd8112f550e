import Foundation
import TestSupport
import Testing

/// Bad input gets a clear error and its exit status, and changes nothing.
@Suite(.onTestThreads) struct BadInputTests {
    @Test(arguments: [
        ["status"], ["new", "x"], ["commit", "-m", "x"], ["log", "x"], ["branch", "x"], ["pack", "x"], ["push"],
        ["remote"], ["verify"],
    ]) func outsideAWorkspace(_ command: [String]) throws {
        let outcome = try AmxTool().run(command)
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(
            outcome.errors.contains("is not in a workspace")
                && outcome.errors.contains("hint: make one with `amx init`"))
    }

    @Test(arguments: ["Refunds", "a_b", "con", "x.git", "-x", "a..b", ".", ""]) func badIDs(_ id: String) throws {
        let user = try AmxTool().workspace()
        let outcome = try user.run("new", "--", id)
        #expect(outcome.status == 1 && outcome.errors.contains("is not a capsule id"), "\(outcome.errors)")
        #expect(try user.json("status")["capsules"].array.isEmpty)
    }

    @Test func unknownThings() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.fails(3, "log", "nothere", saying: "there is no capsule nothere")
        try user.fails(3, "show", "refunds@v9.9.9", saying: "there is no revision v9.9.9")
        try user.fails(3, "cat", "refunds@main", "nothere.md", saying: "has no file nothere.md")
        try user.fails(3, "cat", "refunds", "nothere.md", saying: "has no file nothere.md")
        try user.fails(1, "cat", "refunds", "../../../amx.json")
        try user.fails(3, "diff", "refunds", "nothere")
        try user.fails(3, "pack", "refunds", "-o", "nothere/x.kc", saying: "there is no directory nothere")
        try user.fails(1, "pack", "refunds", "-o", ".", saying: "it is a directory")
        try user.fails(1, "unpack", ".", saying: "it is a directory")
        try user.fails(3, "import", "nothere", saying: "there is no such directory")
        try user.fails(3, "verify", "nothere.kc", saying: "there is no such file")
        try user.fails(3, "remote", "remove", "nothere", saying: "there is no remote nothere")
        try user.fails(1, "-C", "nothere", "status", saying: "cannot change to the directory nothere")
        try user.fails(1, "remote", "add", "bad.name", "https://hub.example/acme")
        try user.fails(2, "remote", "add", "origin", "ssh://hub.example/acme", saying: "ssh")
        try user.fails(2, "remote", "add", "origin", "https://u:secret@hub.example/acme")
    }

    @Test func bothForms() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.json("pack", "refunds@main", "-o", user.packed("refunds"))
        let status = try user.json("status")["capsules"][0]
        #expect(status["state"].string == "conflict" && status["form"] == .null)
        for command in [["commit", "-m", "x"], ["pack", "refunds"], ["edit", "refunds"], ["diff", "refunds"]] {
            let outcome = try user.run(command)
            #expect(outcome.status == 6, "\(command)")
            #expect(outcome.errors.contains(user.capsule("refunds")) && outcome.errors.contains(user.packed("refunds")))
        }
        #expect(FileManager.default.fileExists(atPath: user.packed("refunds")))
        #expect(FileManager.default.fileExists(atPath: user.capsule("refunds")))
    }

    @Test(arguments: [
        ("{\"id\": \"refunds\", \"name\": 5, \"version\": \"1.0.0\"}", "$.name"),
        ("{\"id\": \"refunds\", \"id\": \"refunds\", \"name\": \"R\", \"version\": \"1.0.0\"}", "stands twice"),
        ("{\"id\": \"refunds\", \"name\": \"R\", \"version\": \"1.0\"}", "$.version"),
        ("{\"id\": \"other\", \"name\": \"R\", \"version\": \"1.0.0\"}", "its id is other"),
        ("{\"id\": \"refunds\", \"name\": \"R\", \"version\": \"1.0.0\",}", "line 1"),
    ]) func badManifests(_ manifest: String, _ words: String) throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("good")
        try user.write("good", "README.md", "changed\n")
        try user.json("new", "refunds")
        try user.write("refunds", "manifest.json", manifest)
        try user.fails(1, "commit", "-m", "x", saying: words)
        // One that cannot be committed keeps the others from it.
        #expect(try user.json("log", "good")["commits"].array.count == 1)
        #expect(!FileManager.default.fileExists(atPath: user.repository("refunds")))
    }

    @Test(arguments: ["a:b.txt", "aux.json", "trailing. ", ".gitmodules", "x\u{202E}y", "tab\there"])
    func badNamesFromEveryDoor(_ name: String) throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.write("refunds", "data/\(name)", "x")
        try user.fails(1, "commit", "-m", "x")
        try user.fails(1, "pack", "refunds", "-o", "out.kc")
        #expect(!FileManager.default.fileExists(atPath: "\(user.directory)/out.kc"))
        #expect(try user.json("log", "refunds")["commits"].array.count == 1)

        let tar = try Tool.run(
            "tar", ["--zstd", "-cf", "\(user.directory)/bad.kc", "-C", user.capsule("refunds"), "."])
        #expect(tar.status == 0)
        try user.fails(1, "unpack", "bad.kc", "tree")
        try user.fails(1, "verify", "bad.kc")
        #expect(!FileManager.default.fileExists(atPath: "\(user.directory)/tree"))
    }

    @Test func linksAndCollisions() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        let link = "\(user.capsule("refunds"))/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/etc/passwd")
        try user.fails(1, "commit", "-m", "x", saying: "link")
        try FileManager.default.removeItem(atPath: link)
        try user.write("refunds", "ReadMe.md", "x")
        try user.fails(1, "commit", "-m", "x", saying: "ReadMe.md")
    }

    @Test func damagedFiles() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.json("pack", "refunds@main", "-o", "good.kc")
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: "\(user.directory)/good.kc")))
        var generator = SeededGenerator(seed: 11)
        for trial in 0..<24 {
            var bytes = good
            if trial < 8 {
                bytes.removeLast(Int.random(in: 1..<good.count, using: &generator))
            } else {
                bytes[Int.random(in: 0..<good.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
            }
            try Data(bytes).write(to: URL(fileURLWithPath: "\(user.directory)/bad.kc"))
            let unpacked = try user.run("unpack", "bad.kc", "tree")
            // A changed number may look like a limit that is passed; a cut is always told as damage.
            #expect(unpacked.status == 5 || trial >= 8 && unpacked.status == 1, "trial \(trial): \(unpacked.errors)")
            #expect(unpacked.errors.contains("\nhint: "), "trial \(trial): \(unpacked.errors)")
            #expect(!FileManager.default.fileExists(atPath: "\(user.directory)/tree"))
            #expect(try user.run("verify", "bad.kc").status == unpacked.status)
        }
    }

    @Test func aBombIsRefused() throws {
        let user = try AmxTool().workspace()
        let script =
            "truncate -s 300M big && printf '{}' > manifest.json && tar --zstd -cf bomb.kc manifest.json big && rm big"
        #expect(try Tool.run("sh", ["-c", script], in: user.directory).status == 0)
        // A sixth of what the archive expands to has to do.
        let outcome = try Tool.run(
            "prlimit", ["--data=\(50 << 20)", Executables.amx, "unpack", "bomb.kc", "tree"], in: user.directory,
            environment: user.environment)
        #expect(outcome.status == 1 && outcome.errors.contains("error: "), "\(outcome.status) \(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(user.directory)/tree"))
    }

    @Test func twoCommitsAtOnce() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.write("refunds", "README.md", "changed\n")
        let script = """
            for i in 1 2 3 4; do '\(Executables.amx)' commit -m "Change $i" & jobs="$jobs $!"; done
            for job in $jobs; do wait $job || exit 1; done
            """
        let outcome = try Tool.run("bash", ["-c", script], in: user.directory, environment: user.environment)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.split(separator: "\n").filter { $0 == "Nothing to commit" }.count == 3)
        #expect(try user.json("log", "refunds")["commits"].array.count == 2)
        try user.check("refunds")
    }

    @Test func fullAndClosedOutputs() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        let full = try Tool.run(
            "sh", ["-c", "'\(Executables.amx)' log refunds > /dev/full"], in: user.directory,
            environment: user.environment)
        #expect(full.status == 1 && full.errors.hasPrefix("error: cannot write to standard output"), "\(full.errors)")
        // What was done is not denied because it could not be told.
        try user.write("refunds", "README.md", "changed\n")
        let untold = try Tool.run(
            "sh", ["-c", "'\(Executables.amx)' commit -m x > /dev/full"], in: user.directory,
            environment: user.environment)
        #expect(untold.status == 1 && !untold.errors.contains("nothing was changed"), "\(untold.errors)")
        #expect(try user.json("log", "refunds")["commits"].array.count == 2)
        try user.write("refunds", "big.txt", String(repeating: "a line of text\n", count: 50_000))
        let closed = try Tool.run(
            "bash", ["-c", "'\(Executables.amx)' diff refunds -p | head -n 1; exit ${PIPESTATUS[0]}"],
            in: user.directory, environment: user.environment)
        #expect(closed.status == 141 && closed.errors.isEmpty && closed.text.hasPrefix("diff --git"))
    }

    @Test func anIdentityIsNeeded() throws {
        let user = try AmxTool().workspace()
        try user.home.write(".gitconfig", text: "")
        try user.fails(1, "new", "refunds", saying: "user.name or user.email is not set")
    }
}
