import Foundation
import TestSupport
import Testing

/// Several capsules in one command: each succeeds or fails on its own.
@Suite(.onTestThreads) struct BatchTests {
    /// What may be wrong with one repository among others.
    enum Fault: String, CaseIterable, Sendable {
        case missing, longIds, damaged, refused

        /// The exit status of a command that meets it.
        var status: Int32 {
            switch self {
            case .missing: 3
            case .damaged: 8
            case .longIds, .refused: 1
            }
        }
    }

    private func damage(_ server: GitBackendProcess, _ fault: Fault) throws {
        let path = server.repository("bad")
        switch fault {
        case .missing: try FileManager.default.removeItem(atPath: path)
        case .longIds:
            try FileManager.default.removeItem(atPath: path)
            try Tool.git(["init", "--quiet", "--bare", "--object-format=sha256", path], in: "/")
        case .damaged:
            let work = try GitCopy(capsule: "bad")
            try work.write("knowledge/lost.md", "lost\n")
            try work.commit("Lost")
            try work.git("push", "--quiet", "--force", "\(server.url)/bad.git", "main")
            let lost = try work.git("rev-parse", "main:knowledge/lost.md")
            try FileManager.default.removeItem(atPath: "\(path)/objects/\(lost.prefix(2))/\(lost.dropFirst(2))")
        case .refused:
            let work = try GitCopy(capsule: "bad")
            try work.write("knowledge/con.md", "A name that Windows takes for a device\n")
            try work.commit("Refused")
            try work.git("push", "--quiet", "--force", "\(server.url)/bad.git", "main")
        }
    }

    @Test(arguments: Fault.allCases)
    func oneBadRepositoryIsNamedAndTheOthersCome(fault: Fault) throws {
        let server = try GitBackendProcess()
        let ids = ["alpha", "bad", "omega"]
        let ada = try AmxTool("Ada").workspace(remote: server.url)
        let grace = try AmxTool("Grace").workspace(remote: server.url)
        for id in ids {
            try server.create(id)
            try ada.newCapsule(id)
        }
        try ada.json("push")
        for id in ids { try grace.json("pull", "origin", id) }
        for id in ["alpha", "omega"] {
            try ada.write(id, "knowledge/more.md", "more\n")
            try ada.json("commit", id, "-m", "More")
        }
        try ada.json("push", "origin", "alpha", "omega")
        try damage(server, fault)
        for words in [["fetch", "origin"] + ids, ["pull", "origin"] + ids] {
            let outcome = try grace.run(words + ["--json"])
            #expect(outcome.status == fault.status, "\(words): \(outcome.errors)")
            #expect(try JSONNode(Array(outcome.errors.utf8))["error"]["message"].string?.contains("bad") == true)
            let list = try JSONNode(outcome.output)[words[0] == "fetch" ? "fetched" : "pulled"].array
            let sound = list.filter { item in item["refs"].array.allSatisfy { $0["status"].string != "rejected" } }
            #expect(sound.map { $0["id"].string } == ["alpha", "omega"])
        }
        for id in ["alpha", "omega"] { #expect(try grace.show(id) == ada.show(id)) }
        // Without ids, one that is not there is passed over; anything else is told all the same.
        let all = try grace.run("pull")
        #expect(all.status == (fault == .missing ? 0 : fault.status), "\(all.errors)")
        #expect(fault == .missing || all.errors.contains("bad"), "\(all.errors)")
        // A push: the sound ones arrive.
        for id in ids {
            try ada.write(id, "knowledge/last.md", "last\n")
            try ada.json("commit", id, "-m", "Last")
        }
        let pushed = try ada.run("push")
        #expect(pushed.status != 0)
        #expect(pushed.errors.contains("bad"), "\(pushed.errors)")
        for id in ["alpha", "omega"] {
            let there = try Tool.git(["rev-parse", "refs/heads/main"], in: server.repository(id))
            #expect(try there == ada.show(id).commit)
        }
    }

    @Test func aMissingRepositoryOnAPlainServerIsSaidSo() throws {
        let server = try GitBackendProcess()
        let ada = try AmxTool("Ada").workspace(remote: server.url)
        try ada.newCapsule("demo")
        let pushed = try ada.fails(3, "push", saying: "there is no such repository")
        #expect(pushed.errors.contains("make an empty repository of that name on the server"))
        try ada.fails(
            3, "pull", "origin", "other", saying: "cannot find \(server.url)/other.git: there is no such repository")
    }

    @Test func aPlaceThatCannotBeReachedIsToldOnce() throws {
        let ada = try AmxTool("Ada").workspace(remote: "http://127.0.0.1:9/acme")
        for id in ["a", "b", "c"] { try ada.newCapsule(id) }
        for command in ["push", "fetch", "pull"] {
            let outcome = try ada.fails(8, command, saying: "cannot reach 127.0.0.1")
            #expect(!outcome.errors.contains("warning:"), "\(outcome.errors)")
        }
    }
}
