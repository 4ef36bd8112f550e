import Foundation
import TestSupport
import Testing

/// What Amx refuses at one door it refuses at every other: a directory's commit, a `.kc` file, a push, a fetch.
@Suite(.onTestThreads) struct SameVerdictTests {
    private static let manifest = GitCopy.manifest("demo", "1.0.0")

    /// Files beside a sound manifest that no door lets in, and words of the reason.
    struct Refused: Sendable {
        let paths: [[UInt8]]
        let reason: String

        init(_ paths: [String], _ reason: String) {
            self.paths = paths.map { Array($0.utf8) }
            self.reason = reason
        }

        init(bytes: [UInt8], _ reason: String) {
            paths = [bytes]
            self.reason = reason
        }
    }

    static let refusedNames: [Refused] = [
        Refused([".git"], "git's own"),
        Refused(["docs/.GIT"], "git's own"),
        Refused(["git~1"], "git's own"),
        Refused([".gitmodules"], "git's own"),
        Refused([".g\u{200C}it"], ""),
        Refused([".aimatrix"], "Amx's own"),
        Refused(["x/.AMX"], "Amx's own"),
        Refused(["con"], "device"),
        Refused(["docs/LPT1.txt"], "device"),
        Refused(["aux.c"], "device"),
        Refused(["com¹"], "device"),
        Refused(["CONIN$"], "device"),
        Refused(["a:b"], "':'"),
        Refused(["a\\b"], "'\\'"),
        Refused(["a*"], "'*'"),
        Refused(["what?"], "'?'"),
        Refused(["a|b"], "'|'"),
        Refused(["<a>"], "'<'"),
        Refused(["\"a\""], "'\"'"),
        Refused(["a."], "dot or a space"),
        Refused(["a "], "dot or a space"),
        Refused(["b /c"], "dot or a space"),
        Refused(["a\u{1}b"], "control"),
        Refused(["a\nb"], "control"),
        Refused(["a\u{7F}"], "control"),
        Refused(["a\u{202E}b"], "format"),
        Refused(["a\u{FEFF}"], "format"),
        Refused(["readme", "README"], "same name"),
        Refused(["stra\u{DF}e", "STRASSE"], "same name"),
        Refused(["\u{E9}", "e\u{301}"], "same name"),
        Refused(["d/x", "D/y"], "same name"),
        Refused([deepPath], "components"),
        Refused([longPath], "bytes"),
        Refused(bytes: [0x61, 0xFF], "UTF-8"), Refused(bytes: [0xC0, 0xAF], "UTF-8"),
    ]
    private static let deepPath = String(repeating: "a/", count: 64) + "b"
    private static let longPath = Array(repeating: String(repeating: "n", count: 200), count: 6).joined(separator: "/")

    /// Names that look odd and pass everywhere.
    static let takenNames: [String] = [
        "\u{E9}.txt", "a b.md", ".hidden", "console.log", "gitmodules", "..a", "a..b", "データ/表.csv", "com10", "$x", "#!",
        "~",
        String(repeating: "m", count: 255), Array(repeating: "f", count: 64).joined(separator: "/"),
    ]

    /// Manifests that no door lets in.
    static let refusedManifests: [String] = [
        "", "[]", "{}", "{\"id\": \"demo\", \"name\": \"A\", \"version\": \"1.0.0\",}",
        "{\"id\": \"demo\", \"id\": \"demo\", \"name\": \"A\", \"version\": \"1.0.0\"}",
        "{\"id\": \"demo\", \"name\": \"A\", \"version\": 1}",
        "{\"id\": \"Demo\", \"name\": \"A\", \"version\": \"1.0.0\"}",
        "{\"id\": \"other\", \"name\": \"A\", \"version\": \"1.0.0\"}",
        "{\"id\": \"demo\", \"name\": \"A\", \"version\": \"1.0\"}",
        "\u{FEFF}" + manifest, "{\"id\": \"demo\", \"name\": \"A\", \"version\": \"1.0.0\", \"a\\u0000b\": 1}",
        "{\"id\": \"demo\", \"name\": \"A\", \"version\": \"1.0.0\", \"x\": \(nested)}",
    ]

    private static let nested = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)

    /// The four doors, standing open on a sound capsule.
    private struct Doors {
        let hub: HubProcess
        let server: GitBackendProcess
        let ada: AmxTool
        let grace: AmxTool
        let work: GitCopy

        init() throws {
            hub = try HubProcess()
            server = try GitBackendProcess()
            work = try GitCopy(capsule: "demo")
            try work.git("push", "--quiet", hub.address("demo"), "main")
            try server.create("demo")
            try work.git("push", "--quiet", "\(server.url)/demo.git", "main")
            ada = try AmxTool("Ada").workspace()
            try ada.json("new", "demo")
            try Data(SameVerdictTests.manifest.utf8).write(
                to: URL(fileURLWithPath: "\(ada.capsule("demo"))/manifest.json"))
            try ada.json("commit", "-m", "Start")
            grace = try AmxTool("Grace").workspace(remote: server.url)
            try grace.json("pull", "origin", "demo")
        }

        /// Commits the files in a directory.
        func commit(_ forgery: TreeForgery) throws -> Tool.Outcome {
            try forgery.write(below: ada.capsule("demo"))
            defer { forgery.remove(from: ada.capsule("demo")) }
            return try ada.run("commit", "-m", "Forged")
        }

        /// Verifies and unpacks the files in an archive.
        func unpack(_ forgery: TreeForgery) throws -> [Tool.Outcome] {
            let file = ada.home.appending("forged.kc")
            let target = ada.home.appending("unpacked")
            try forgery.pack(to: file)
            let outcomes = [try ada.run("verify", file), try ada.run("unpack", file, target)]
            #expect(FileManager.default.fileExists(atPath: target) == (outcomes[1].status == 0))
            try? FileManager.default.removeItem(atPath: target)
            return outcomes
        }

        /// Pushes a commit of the files to the hub.
        func push(_ forgery: TreeForgery) throws -> Tool.Outcome {
            let commit = try forgery.commit(in: work.path, parent: work.head)
            return try work.attempt("push", "--force", hub.address("demo"), "\(commit):refs/heads/main")
        }

        /// Fetches a commit of the files from a server without rules.
        func fetch(_ forgery: TreeForgery) throws -> Tool.Outcome {
            let repository = server.repository("demo")
            let commit = try forgery.commit(in: repository, parent: work.head)
            try Tool.git(["update-ref", "refs/heads/main", commit], in: repository)
            return try grace.run("fetch", "origin", "demo")
        }
    }

    private func error(_ outcome: Tool.Outcome) -> String {
        outcome.errors.replacingOccurrences(of: "remote: ", with: "")
    }

    /// In parts, which run beside each other.
    @Test(arguments: 0..<4) func refusesTheSameNames(part: Int) throws {
        let doors = try Doors()
        let refs = try doors.hub.refs("demo")
        for (number, refused) in Self.refusedNames.enumerated() where number % 4 == part {
            let (paths, reason) = (refused.paths, refused.reason)
            let name = paths.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
            let forgery = TreeForgery(
                files: [TreeForgery.File("manifest.json", Self.manifest)] + paths.map { TreeForgery.File($0) })
            let committed = try doors.commit(forgery)
            #expect(committed.status == 1, "commit of \(name): \(committed.text)\(committed.errors)")
            #expect(reason.isEmpty || committed.errors.contains(reason), "\(name): \(committed.errors)")
            for outcome in try doors.unpack(forgery) {
                #expect(outcome.status == 1, ".kc with \(name): \(outcome.text)\(outcome.errors)")
                #expect(
                    reason.isEmpty || (outcome.errors + outcome.text).contains(reason), "\(name): \(outcome.errors)")
            }
            let pushed = try doors.push(forgery)
            #expect(pushed.status == 1, "push of \(name): \(pushed.errors)")
            #expect(reason.isEmpty || error(pushed).contains(reason), "\(name): \(pushed.errors)")
            let fetched = try doors.fetch(forgery)
            #expect(fetched.status == 1, "fetch of \(name): \(fetched.text)\(fetched.errors)")
            #expect(reason.isEmpty || fetched.errors.contains(reason), "\(name): \(fetched.errors)")
        }
        #expect(try doors.hub.refs("demo") == refs)
        try doors.hub.check("demo")
        try doors.grace.check("demo")
        #expect(try doors.ada.json("log", "demo")["commits"].array.count == 1)
        #expect(try doors.grace.show("demo@origin/main").commit == doors.work.head)
    }

    @Test func takesTheSameNames() throws {
        let doors = try Doors()
        let forgery = TreeForgery(
            files: [TreeForgery.File("manifest.json", Self.manifest)] + Self.takenNames.map { TreeForgery.File($0) })
        let committed = try doors.commit(forgery)
        #expect(committed.status == 0, "\(committed.errors)")
        for outcome in try doors.unpack(forgery) { #expect(outcome.status == 0, "\(outcome.errors)") }
        let pushed = try doors.push(forgery)
        #expect(pushed.status == 0, "\(pushed.errors)")
        let fetched = try doors.fetch(forgery)
        #expect(fetched.status == 0, "\(fetched.errors)")
        let head = try #require(try doors.hub.refs("demo")["refs/heads/main"])
        #expect(
            try doors.grace.show("demo@origin/main").digest
                == DigestOracle.digest(repository: doors.hub.repository("demo"), revision: head))
    }

    @Test func refusesTheSameManifests() throws {
        let doors = try Doors()
        let refs = try doors.hub.refs("demo")
        for text in Self.refusedManifests {
            let forgery = TreeForgery(files: [TreeForgery.File("manifest.json", text), TreeForgery.File("a")])
            let committed = try doors.commit(forgery)
            #expect(committed.status == 1, "commit of \(text): \(committed.text)\(committed.errors)")
            let pushed = try doors.push(forgery)
            #expect(pushed.status == 1, "push of \(text): \(pushed.errors)")
            #expect(pushed.errors.contains("! [remote rejected]"))
            let fetched = try doors.fetch(forgery)
            #expect(fetched.status == 1, "fetch of \(text): \(fetched.text)\(fetched.errors)")
        }
        #expect(try doors.hub.refs("demo") == refs)
        #expect(try doors.grace.show("demo@origin/main").commit == doors.work.head)
    }
}
