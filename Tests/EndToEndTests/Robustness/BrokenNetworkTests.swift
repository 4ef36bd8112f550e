import Foundation
import TestSupport
import Testing

/// Answers that break off, and disks that are full.
@Suite(.onTestThreads) struct BrokenNetworkTests {
    @Test func leavesEverythingAsItWasWhenAnswersBreakOff() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("demo")
        try ada.json("push")
        let first = try ada.show("demo")
        try grace.json("pull", "origin", "demo")
        var generator = SeededGenerator(seed: 77)
        try ada.write("demo", "knowledge/noise.txt", Data(generator.bytes(60_000)).base64EncodedString())
        try ada.json("commit", "-m", "More")
        try ada.json("push")
        let new = try AmxTool("Linus", token: hub.token).workspace()
        for limit in [0, 10, 100, 500, 900, 1_500, 10_000, 60_000] {
            let proxy = try CuttingProxy(to: hub.url)
            try withExtendedLifetime(proxy) {
                try proxy.cut(answers: limit)
                let address = "http://127.0.0.1:\(proxy.port)/acme"
                let name = "cut-\(limit)"
                for user in [grace, new] {
                    try user.json("remote", "add", name, address)
                    try user.fails(8, "pull", name, "demo")
                }
                #expect(try grace.show("demo") == first, "cut at \(limit)")
                #expect(try new.json("status")["capsules"].array.isEmpty)
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(new.directory)/.aimatrix/store").isEmpty)
                // A push whose answer breaks off may have happened; the next one finds out.
                let old = try hub.refs("demo")["refs/heads/main"]
                try ada.write("demo", "knowledge/pushed.md", name)
                try ada.json("commit", "-m", name)
                let commit = try ada.show("demo").commit
                try ada.json("remote", "add", name, address)
                let pushed = try ada.run("push", name, "demo")
                let found = try hub.refs("demo")["refs/heads/main"]
                #expect(found == old || found == commit)
                #expect(pushed.status == 8 || (pushed.status == 0 && found == commit), "\(pushed.errors)")
                try ada.json("push", "origin", "demo")
                #expect(try hub.refs("demo")["refs/heads/main"] == commit)
            }
        }
        try hub.check("demo")
        try grace.check("demo")
        try grace.json("pull")
        #expect(try grace.show("demo") == ada.show("demo"))
    }

    @Test(.enabled(if: Tool.exists("prlimit"), "there is no prlimit here to make writes fail"))
    func saysThatTheDiskIsFull() throws {
        // A bound on the size of files, with the signal ignored, makes writes fail as a full disk does.
        let hub = try HubProcess(fileSizeLimit: 200_000)
        let work = try GitCopy(capsule: "demo")
        try work.git("push", "--quiet", hub.address("demo"), "main")
        let old = try hub.refs("demo")
        var generator = SeededGenerator(seed: 78)
        try work.write("knowledge/noise.txt", Data(generator.bytes(400_000)).base64EncodedString())
        try work.commit("Noise")
        let refused = try work.attempt("push", hub.address("demo"), "main")
        #expect(refused.status == 1, "\(refused.errors)")
        #expect(refused.errors.contains("[remote rejected]"), "\(refused.errors)")
        // The path is for the hub's log; whoever pushes learns that it is the hub that failed.
        #expect(refused.errors.contains("internal error") && !refused.errors.contains(hub.data), "\(refused.errors)")
        #expect(try hub.log().contains("File too large") && hub.log().contains("\(hub.data)/store"))
        #expect(try hub.refs("demo") == old)
        try hub.check("demo")
        // Reads go on, and so do writes that fit.
        #expect(try GitCopy(cloning: hub.address("demo")).head == old["refs/heads/main"])
        try work.git("reset", "--quiet", "--hard", "HEAD~1")
        try work.write("knowledge/small.md", "small\n")
        try work.commit("Small")
        try work.git("push", "--quiet", hub.address("demo"), "main")
        try hub.check("demo")

        // `amx push` tells it from a refusal.
        let pusher = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        try pusher.json("new", "noisy")
        try pusher.write("noisy", "knowledge/noise.txt", Data(generator.bytes(400_000)).base64EncodedString())
        try pusher.json("commit", "-m", "Noise")
        let failed = try pusher.fails(8, "push", saying: "the other side failed")
        #expect(failed.errors.contains("noisy") && !failed.errors.contains(hub.data), "\(failed.errors)")

        // The same for a workspace.
        let ada = try AmxTool("Ada").workspace()
        try ada.newCapsule("demo")
        let before = try ada.show("demo")
        try ada.write("demo", "knowledge/noise.txt", Data(generator.bytes(400_000)).base64EncodedString())
        for arguments in [
            ["commit", "-m", "Noise"], ["pack", "demo"], ["pack", "demo", "-o", "\(ada.home.path)/x.kc"],
        ] {
            let outcome = try Tool.run(
                "sh", ["-c", "trap '' XFSZ; exec prlimit --fsize=200000 \"$0\" \"$@\"", Executables.amx] + arguments,
                in: ada.directory, environment: ada.environment)
            #expect(outcome.status == 1, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
            #expect(try ada.show("demo") == before)
            #expect(!FileManager.default.fileExists(atPath: ada.packed("demo")))
            #expect(!FileManager.default.fileExists(atPath: "\(ada.home.path)/x.kc"))
            try ada.check("demo")
        }
        try ada.json("commit", "-m", "With room")
        #expect(try ada.show("demo").digest == DigestOracle.digest(directory: ada.capsule("demo")))
        let objects = FileManager.default.enumerator(atPath: "\(ada.repository("demo"))/objects")?.allObjects ?? []
        #expect(objects.compactMap { $0 as? String }.filter { $0.contains("tmp") || $0.contains("incoming") } == [])
    }
}
