import Foundation
import TestSupport
import Testing

/// Several users at once on one branch.
@Suite(.onTestThreads) struct RaceTests {
    @Test func letsOneOfManyPushesWin() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("demo")
        try ada.json("push")
        let users = try (1...5).map { try AmxTool("User\($0)", token: hub.token).workspace(remote: hub.remote) }
        for user in users {
            try user.json("pull", "origin", "demo")
            try user.json("edit", "demo")
        }
        for round in 1...3 {
            var commits: [String] = []
            for (number, user) in users.enumerated() {
                try user.write("demo", "knowledge/round-\(round).md", "by \(number)\n")
                commits.append(try #require(try user.json("commit", "-m", "Mine")["commits"][0]["commit"].string))
            }
            let pushes = try users.map { user in
                try RunningProgram(
                    Executables.amx, ["push", "--quiet", "origin", "demo"], in: user.directory,
                    environment: user.environment)
            }
            let statuses = pushes.map { $0.waitUntilExit() }
            #expect(statuses.sorted() == [0, 6, 6, 6, 6], "round \(round)")
            let winner = try #require(statuses.firstIndex(of: 0))
            #expect(try hub.refs("demo")["refs/heads/main"] == commits[winner])
            try hub.check("demo")
            // The others start again from what won, in a workspace of the same user.
            for (number, user) in users.enumerated() where number != winner {
                try user.json("fetch")
                #expect(try user.show("demo@origin/main").commit == commits[winner])
                try FileManager.default.removeItem(atPath: user.repository("demo"))
                try FileManager.default.removeItem(atPath: user.capsule("demo"))
                try user.json("pull", "origin", "demo")
                try user.json("edit", "demo")
            }
        }
    }

    @Test func servesEverybodyWhereReadingIsPublic() throws {
        let hub = try HubProcess(arguments: ["--public-read"])
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("demo")
        try ada.json("push")
        let anybody = try AmxTool("Anybody")
        try anybody.json("clone", "\(hub.remote)/demo.git", "copy")
        let copy = anybody.at(anybody.home.appending("copy"))
        #expect(try copy.show("demo") == ada.show("demo"))
        try copy.json("edit", "demo")
        try copy.write("demo", "knowledge/more.md", "more\n")
        try copy.json("commit", "-m", "More")
        try copy.fails(4, "push")
        #expect(try hub.refs("demo")["refs/heads/main"] == ada.show("demo").commit)
        // A token that does not work is refused even where none is needed.
        try copy.with(token: "amx_\(String(repeating: "3", count: 64))").fails(4, "pull")
        try copy.json("pull")
    }
}
