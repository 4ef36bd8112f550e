import Foundation
import TestSupport
import Testing

/// Capsules from a plain git server, of which nothing comes before it has been chosen.
@Suite(.onTestThreads) struct GitServerInstallTests {
    /// A server with `app`, `lib`, which it needs, and `leaf`, which that needs; `lib` has a large file in every release.
    private func withServer(
        filter: Bool, _ body: (GitBackendProcess, _ source: ReleaseSource, _ grace: AmxTool) throws -> Void
    ) throws {
        let server = try GitBackendProcess()
        let ada = try AmxTool("Ada")
        let source = try ReleaseSource(of: ada, remote: server.url)
        for id in ["app", "lib", "leaf"] {
            try server.create(id)
            if filter { try Tool.git(["config", "uploadpack.allowFilter", "true"], in: server.repository(id)) }
        }
        try source.releaseChain()
        try source.release("leaf", "1.1.0")
        var generator = SeededGenerator(seed: 3)
        try source.tool.write("lib", "assets/noise.txt", Data(generator.bytes(300_000)).base64EncodedString())
        try source.release("lib", "1.1.0", needs: ["leaf": "^1.1.0"])
        try source.tool.json("push", "origin", "app", "lib", "leaf")
        try body(server, source, AmxTool("Grace").workspace(remote: server.url))
    }

    private func locked(_ user: AmxTool) throws -> [String] {
        let lock = try JSONNode([UInt8](Data(contentsOf: URL(fileURLWithPath: "\(user.directory)/amx.lock"))))
        return lock["capsules"].array.map {
            "\($0["id"].string ?? "") \($0["version"].string ?? "") \($0["commit"].string ?? "") \($0["digest"].string ?? "")"
        }
    }

    private func entries(_ user: AmxTool, _ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(user.directory)/.aimatrix/\(folder)")) ?? []
    }

    @Test(arguments: [true, false]) func fetchesWhatIsChosen(filter: Bool) throws {
        try withServer(filter: filter) { server, source, grace in
            // A requirement that cannot be met leads to the others all the same.
            let refused = try grace.run("add", "app@>=9.0.0")
            #expect(refused.status != 0 && refused.errors.contains("app"), "\(refused.errors)")
            for folder in ["store", "incoming"] { #expect(entries(grace, folder) == [], "\(folder)") }
            #expect(entries(grace, "cache/releases").count == 3)
            try grace.json("add", "app")
            #expect(try grace.installed() == ["app 1.0.0", "leaf 1.1.0", "lib 1.1.0"])
            for id in ["app", "lib", "leaf"] { try grace.check(id) }
            #expect(entries(grace, "incoming") == [])
            // The same from the same repositories in a folder, whatever they let be filtered.
            let linus = try AmxTool("Linus").workspace(
                remote: (server.repository("app") as NSString).deletingLastPathComponent)
            try linus.json("add", "app")
            #expect(try locked(linus) == locked(grace))
            // What the server said before still counts without it.
            let offline = try grace.json("outdated", "--offline")
            #expect(offline["outdated"].array.isEmpty, "\(offline)")
            try source.release("leaf", "1.2.0")
            try source.tool.json("push", "origin", "leaf")
            try grace.json("update")
            #expect(try grace.installed().contains("leaf 1.2.0"))
        }
    }

    /// Tags that are no releases, and releases that git has made.
    @Test func takesReleasesOfPlainGit() throws {
        let server = try GitBackendProcess()
        for number in 0..<3 {
            let id = "plain-\(number)"
            try server.create(id)
            let folder = try TemporaryDirectory("amx-e2e-git")
            let needs = number < 2 ? "\"plain-\(number + 1)\": \"^1.0.0\"" : ""
            try folder.write(
                "manifest.json",
                text: "{\"id\": \"\(id)\", \"name\": \"x\", \"version\": \"1.0.0\", \"dependencies\": {\(needs)}}")
            for words in [
                ["init", "-q", "--initial-branch=main"], ["add", "."], ["commit", "-q", "-m", "One"],
                ["tag", "v0.9.0"],
                ["tag", "-a", "-m", "One", "v1.0.0"],
                ["push", "-q", server.repository(id), "main", "v0.9.0", "v1.0.0"],
            ] { try Tool.git(words, in: folder.path) }
        }
        let grace = try AmxTool("Grace").workspace(remote: server.url)
        try grace.json("add", "plain-0")
        #expect(try grace.installed() == ["plain-0 1.0.0", "plain-1 1.0.0", "plain-2 1.0.0"])
    }

    @Test func anInterruptedLookLeavesNothing() throws {
        try withServer(filter: false) { server, _, grace in
            // It stands still in the middle, for as long as it takes to see that.
            let proxy = try ProxyProcess(slowing: server.url, size: 2_000, pause: 600, free: 20_000)
            try grace.json("remote", "set-url", "origin", "http://127.0.0.1:\(proxy.port)")
            let adding = try grace.start("add", "app", "--dry-run")
            #expect(Patience.waits { entries(grace, "cache/releases").contains { $0.contains(".tmp") } })
            usleep(300_000)
            adding.send(SIGINT)
            #expect(adding.waitUntilExit() == 130)
            #expect(entries(grace, "cache/releases").filter { $0.contains(".tmp") || $0.contains(".new") } == [])
            #expect(entries(grace, "store") == [])
        }
    }
}
