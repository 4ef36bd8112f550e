import Foundation
import TestSupport
import Testing

/// Events that are lost, and chains that nobody knows, as users meet them.
@Suite(.onTestThreads) struct LostEventsTests {
    /// A workspace with a capsule that was released, and a folder that it pushes to.
    private func team() throws -> (work: AmxTool, shared: String) {
        let user = try AmxTool()
        let shared = user.home.appending("shared")
        try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
        let work = try user.workspace("work", remote: shared)
        try release(work, "one")
        try work.json("commit", "-m", "Start")
        try work.json("push")
        return (work, shared)
    }

    private func release(_ work: AmxTool, _ id: String) throws {
        try work.json("new", id)
        try work.json("commit", id, "-m", "Start")
        try work.json("release", id)
    }

    private func replica(of work: AmxTool) throws -> String {
        let lines = try #require(work.text(".aimatrix/replica")?.split(separator: "\n"))
        return String(lines[0])
    }

    private func remove(_ names: String..., in work: AmxTool) throws {
        for name in names { try FileManager.default.removeItem(atPath: "\(work.directory)/.aimatrix/\(name)") }
    }

    private func types(_ work: AmxTool) throws -> [String] {
        try work.json("events")["events"].array.compactMap { $0["eventType"].string }
    }

    /// The capsules go, the workspace waits, and one command accepts the loss.
    @Test func aLostJournalIsSaidByEachDoor() throws {
        let (work, shared) = try team()
        try release(work, "two")
        try work.json("commit", "-m", "Second")
        let replica = try replica(of: work)
        try remove("journal", in: work)
        let way = "amx events --set-aside \(replica)"
        for words in [["events"], ["events", "--state"], ["events", "--state", "--record"]] {
            let shown = try work.run(words)
            #expect(shown.status == 0 && shown.text.contains("one"), "\(words): \(shown.text)")
            #expect(shown.errors.contains("events may be missing: ") && shown.errors.contains(way), "\(shown.errors)")
        }
        #expect(try types(work) == ["published"])
        try work.fails(5, "events", "--fold", saying: way)
        try work.fails(5, "audit", saying: way)
        let pushed = try work.run("push")
        #expect(pushed.status == 5 && pushed.errors.contains(way), "\(pushed.errors)")
        #expect(pushed.text.contains("two"), "\(pushed.text)")
        #expect(FileManager.default.fileExists(atPath: "\(shared)/two.git"))
        // A capsule has nothing to do with it.
        try work.json("new", "three")
        try work.json("commit", "three", "-m", "Start")
        #expect(try work.run("push", "origin", "three").status == 0)
        try work.json("events", "--set-aside", replica)
        try work.json("commit", "-m", "Third")
        #expect(try work.run("push").status == 0)
        #expect(try work.run("audit").status == 0)
    }

    @Test func aLostIDGoesOnAndSaysSo() throws {
        let (work, _) = try team()
        let replica = try replica(of: work)
        try remove("replica", "journal", in: work)
        try work.fails(5, "push", saying: "amx events --set-aside \(replica)")
        try work.fails(5, "audit", saying: "both its .aimatrix/replica and its journal are gone")
        try work.json("new", "two")
        try work.json("commit", "-m", "Second")
        let released = try work.run("release", "two")
        #expect(released.status == 0, "\(released.errors)")
        #expect(released.errors.contains("the next ones are recorded under a new id: "), "\(released.errors)")
        // Which of two chains' first events is read first follows from their random ids.
        #expect(try types(work).sorted() == ["published", "published", "replica_lost"])
        #expect(try types(work).last == "published")
        #expect(try work.run("status").errors == "")
        #expect(try work.run("push").status == 0)
        let origins = try work.json("audit")["replicas"].array.map { $0["origin"].string }
        #expect(Set(origins) == ["lost", "own"])
    }

    /// Sound as it is, a chain of nobody known is seen where it comes from and that nobody has signed it.
    @Test func whereEachChainComesFromIsListed() throws {
        let (work, shared) = try team()
        let copy = work.at(work.home.appending("copy"))
        try work.json("clone", "\(shared)/work.git", copy.directory)
        let first = try replica(of: work)
        var chains = try copy.json("audit")["replicas"].array
        #expect(chains.map { $0["replica"].string } == [first])
        #expect(chains[0]["origin"].string == "remote" && chains[0]["remote"].string == "origin")
        #expect(chains[0]["location"].string?.contains(shared) == true && chains[0]["firstSeen"].string != nil)
        #expect(chains[0]["unsigned"].int == 1 && chains[0]["signers"] == .array([]))
        #expect(chains[0]["events"].int == 1 && chains[0]["setAside"].bool == false)
        // Somebody who may write there makes one up.
        let stranger = work.at(work.home.appending("stranger"))
        try work.json("clone", "\(shared)/work.git", stranger.directory)
        try release(stranger, "two")
        try stranger.json("commit", "-m", "Second")
        try stranger.json("push")
        try copy.json("pull")
        chains = try copy.json("audit")["replicas"].array
        #expect(chains.count == 2)
        #expect(chains.allSatisfy { $0["remote"].string == "origin" })
        let shown = try copy.run("audit")
        #expect(shown.status == 0 && shown.text.contains("first from origin ("), "\(shown.text)")
        #expect(shown.text.contains("signed by nobody"), "\(shown.text)")
        try copy.fails(5, "audit", "--require-signed", saying: "it is not signed")
        // It is a note and no more.
        try remove("arrivals", in: copy)
        let origins = try copy.json("audit")["replicas"].array.map { $0["origin"].string }
        #expect(origins == ["unknown", "unknown"])
    }
}
