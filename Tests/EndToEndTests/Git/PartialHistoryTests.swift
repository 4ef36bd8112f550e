import Foundation
import TestSupport
import Testing

/// Shallow and partial clones from the hub's process.
@Suite(.onTestThreads) struct PartialHistoryTests {
    /// A hub with a capsule of twelve commits, one a day from 2024-01-01, and a merged branch.
    private func served() throws -> (hub: HubProcess, work: GitCopy) {
        let hub = try HubProcess()
        let work = try GitCopy(capsule: "demo")
        for day in 1...10 {
            try work.write("knowledge/facts.md", "fact \(day)\n")
            try work.write("knowledge/day-\(day).md", "day \(day)\n")
            try work.git("add", "--all")
            let date = "2024-01-\(day < 10 ? "0" : "")\(day)T12:00:00Z"
            let made = try work.attempt(
                "commit", "--quiet", "--message", "Day \(day)",
                environment: ["GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date])
            #expect(made.status == 0)
        }
        try work.git("branch", "old", "main~4")
        try work.git("push", "--quiet", hub.address("demo"), "main", "old")
        return (hub, work)
    }

    @Test(arguments: [0, 1, 2]) func deepensAndUnshallows(version: Int) throws {
        let (hub, work) = try served()
        let clone = try GitCopy(cloning: hub.address("demo"), "-c", "protocol.version=\(version)", "--depth=2")
        #expect(try clone.git("rev-list", "--count", "HEAD") == "2")
        #expect(try clone.git("branch", "--remotes") == "  origin/HEAD -> origin/main\n  origin/main")
        try clone.git("fetch", "--quiet", "--deepen=2")
        #expect(try clone.git("rev-list", "--count", "HEAD") == "4")
        try clone.git("fetch", "--quiet", "--depth=1")
        #expect(try clone.git("rev-list", "--count", "HEAD") == "1")
        try clone.git("fsck", "--strict")
        // A push from a shallow clone.
        try clone.write("knowledge/shallow.md", "shallow\n")
        let commit = try clone.commit("From a shallow clone")
        try clone.git("push", "--quiet", "origin", "HEAD:shallow")
        #expect(try hub.refs("demo")["refs/heads/shallow"] == commit)
        try hub.check("demo")
        // A fetch of what is new keeps the boundary.
        try work.write("knowledge/new.md", "new\n")
        try work.commit("New")
        try work.git("push", "--quiet", hub.address("demo"), "main")
        try clone.git("fetch", "--quiet")
        #expect(try clone.git("rev-list", "--count", "origin/main") == "2")
        try clone.git("fetch", "--quiet", "--unshallow")
        #expect(try clone.git("rev-list", "--count", "origin/main") == "12")
        #expect(try clone.git("rev-parse", "--is-shallow-repository") == "false")
        try clone.git("fsck", "--strict")
    }

    @Test(arguments: [0, 2]) func limitsHistoryByTimeAndRef(version: Int) throws {
        let (hub, work) = try served()
        let since = try GitCopy(
            cloning: hub.address("demo"), "-c", "protocol.version=\(version)", "--shallow-since=2024-01-08T00:00:00Z")
        #expect(try since.git("rev-list", "--count", "HEAD") == "3")
        let exclude = try GitCopy(
            cloning: hub.address("demo"), "-c", "protocol.version=\(version)", "--shallow-exclude=old")
        #expect(try exclude.git("rev-list", "--count", "HEAD") == "4")
        try exclude.git("fetch", "--quiet", "--unshallow")
        #expect(try exclude.git("rev-list", "HEAD") == work.git("rev-list", "HEAD"))
        try exclude.git("fsck", "--strict")
    }

    @Test(arguments: [0, 2]) func leavesOutContentsUntilTheyAreNeeded(version: Int) throws {
        let (hub, work) = try served()
        let clone = try GitCopy(
            cloning: hub.address("demo"), "-c", "protocol.version=\(version)", "--filter=blob:none", "--no-checkout")
        let missing = try clone.git("rev-list", "--objects", "--all", "--missing=print")
            .split(separator: "\n").filter { $0.hasPrefix("?") }
        #expect(missing.count == 22)
        try clone.git("checkout", "--quiet", "main")
        #expect(try clone.digest() == work.digest())
        try clone.git("checkout", "--quiet", "HEAD~5")
        #expect(try clone.digest() == work.digest("main~5"))
        try clone.git("fsck", "--strict")
        let small = try GitCopy(
            cloning: hub.address("demo"), "-c", "protocol.version=\(version)", "--filter=blob:limit=10",
            "--no-checkout")
        #expect(try small.git("rev-list", "--objects", "--all", "--missing=print").contains("\n?"))
        let refused = try work.attempt(
            "clone", "--quiet", "--filter=sparse:oid=main:x", "--no-checkout", hub.address("demo"), "refused")
        #expect(refused.status != 0)
        #expect(refused.errors.contains("filter"), "\(refused.errors)")
    }
}
