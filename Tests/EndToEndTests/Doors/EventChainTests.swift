import Foundation
import TestSupport
import Testing

/// Event chains travel with their workspace: each copy pushes its own, gets all the others', and overwrites none.
@Suite(.onTestThreads) struct EventChainTests {
    /// Ada's workspace `team` with a capsule.
    private func team(_ hub: HubProcess) throws -> AmxTool {
        let ada = try AmxTool("Ada", token: hub.token).workspace("team", remote: hub.remote)
        try ada.json("new", "demo")
        try ada.json("commit", "-m", "Start")
        return ada
    }

    private func clone(_ hub: HubProcess, _ name: String) throws -> AmxTool {
        let user = try AmxTool(name, token: hub.token)
        try user.json("clone", "\(hub.remote)/team")
        return user.at(user.home.appending("team"))
    }

    private func check(_ tool: AmxTool) throws {
        let outcome = try Tool.run(
            "git", ["fsck", "--strict", "--full"], in: "\(tool.directory)/.aimatrix/workspace.git",
            environment: Tool.gitEnvironment)
        #expect(outcome.status == 0 && !outcome.text.contains("missing"), "\(outcome.text)\(outcome.errors)")
        let own = try tool.run("fsck")
        #expect(own.status == 0, "\(own.text)\(own.errors)")
    }

    @Test func travelWithTheWorkspace() throws {
        let hub = try HubProcess()
        let ada = try team(hub)
        let first = try EventChain("a", of: ada)
        try first.append("installed")
        let second = try first.append("enabled")
        let pushed = try ada.run("push")
        #expect(pushed.status == 0 && pushed.text.contains(" * [new events] events/\(first.replica)"), "\(pushed.text)")
        #expect(try hub.refs("team")[first.ref] == second)

        // A clone gets the chain; its own is another, and is all that it pushes.
        let grace = try clone(hub, "Grace")
        #expect(try EventChain("a", of: grace, isOwn: false).tip == second)
        let graces = try EventChain("b", of: grace)
        let hers = try graces.append("disabled")
        let sent = try grace.json("push")["workspace"]["refs"].array
        #expect(sent.compactMap { $0["ref"].string } == [graces.ref, "refs/heads/main"])
        #expect(try hub.refs("team")[graces.ref] == hers && hub.refs("team")[first.ref] == second)

        // Each goes on, and gets what the other added; what is not pushed stays where it is.
        let third = try first.append("executed")
        let pulled = try ada.run("pull")
        #expect(
            pulled.status == 0 && pulled.text.contains("events/\(graces.replica)"), "\(pulled.text)\(pulled.errors)")
        #expect(try first.tip == third && hub.refs("team")[first.ref] == second)
        #expect(try EventChain("b", of: ada, isOwn: false).tip == hers)
        try ada.json("push")
        try grace.json("pull")
        #expect(try EventChain("a", of: grace, isOwn: false).tip == third)
        #expect(try grace.json("pull")["workspace"]["refs"].array.allSatisfy { $0["status"].string == "up-to-date" })

        // A place that is behind takes nothing away, and gets nobody's chain from somebody else.
        let shelf = try TemporaryDirectory("amx-e2e-shelf")
        try grace.json("remote", "add", "shelf", shelf.path)
        try grace.json("push", "shelf")
        #expect(try refs(shelf.appending("team.git")) == ["\(graces.ref) \(hers)", try main(grace)])
        let next = try graces.append("removed")
        try grace.json("pull", "shelf")
        #expect(try graces.tip == next && EventChain("a", of: grace, isOwn: false).tip == third)
        try grace.json("push", "shelf")
        let reader = try AmxTool("Reader")
        try reader.json("clone", shelf.appending("team.git"), "copy")
        let copy = reader.at(reader.home.appending("copy"))
        #expect(try EventChain("b", of: copy, isOwn: false).tip == next)
        for tool in [ada, grace, copy] { try check(tool) }
        try hub.check("team")
        try hub.checkAll()

        // Straight from another copy's path.
        try copy.json("remote", "add", "grace", grace.directory)
        try copy.json("pull", "grace")
        #expect(try EventChain("a", of: copy, isOwn: false).tip == third)
    }

    /// Whoever gets every reference of a capsule gets no event.
    @Test func areInNoCapsule() throws {
        let hub = try HubProcess()
        let ada = try team(hub)
        try ada.json("release", "demo")
        let chain = try EventChain("a", of: ada)
        let event = try chain.append("installed")
        try ada.json("push")
        let mirror = try TemporaryDirectory("amx-e2e-mirror")
        for (name, holds) in [("demo", false), ("team", true)] {
            let path = mirror.appending("\(name).git")
            try Tool.git(["clone", "--quiet", "--mirror", hub.address(name), path], in: mirror.path)
            #expect(try refs(path).contains { $0.hasPrefix("refs/amx/") } == holds)
            let found = try Tool.run(
                "git", ["cat-file", "-e", event], in: path, environment: Tool.gitEnvironment)
            #expect((found.status == 0) == holds)
            let texts = try Tool.git(["log", "--all", "--format=%s", "--name-only"], in: path)
            #expect(texts.contains("events.ndjson") == holds, "\(texts)")
        }
        // A capsule's repository on a server without rules may have such references: they stay there.
        let server = try GitBackendProcess()
        try server.create("demo")
        let path = server.repository("demo")
        try Tool.git(["fetch", "--quiet", mirror.appending("demo.git"), "+refs/*:refs/*"], in: path)
        try Tool.git(["fetch", "--quiet", mirror.appending("team.git"), chain.ref], in: path)
        try Tool.git(["update-ref", chain.ref, event], in: path)
        let reader = try AmxTool("Reader")
        try reader.json("clone", "\(server.url)/demo.git", "copy")
        let copy = reader.at(reader.home.appending("copy"))
        try copy.json("pull")
        #expect(try !refs(copy.repository("demo")).contains { $0.hasPrefix("refs/amx/events/") })
        let found = try Tool.run(
            "git", ["cat-file", "-e", event], in: copy.repository("demo"), environment: Tool.gitEnvironment)
        #expect(found.status != 0)
    }

    /// Two directories with one id, and a chain that somebody else has moved: nothing is overwritten, and it is said.
    @Test func areNeverOverwritten() throws {
        let hub = try HubProcess()
        let ada = try team(hub)
        let chain = try EventChain("a", of: ada)
        try chain.append("installed")
        try ada.json("push")
        let copied = try Tool.run("cp", ["-a", ada.directory, "\(ada.directory)-2"])
        #expect(copied.status == 0)
        let twin = ada.at("\(ada.directory)-2")
        let there = try chain.append("enabled")
        try ada.json("push")
        let twins = try EventChain("a", of: twin)
        let before = try twins.tip
        // Behind what is there: not this copy's to take.
        try twin.fails(6, "pull", saying: "amx events --set-aside \(twins.replica)")
        #expect(try twins.tip == before)
        let apart = try twins.append("disabled")
        try twin.fails(6, "push", saying: "events under this workspace's replica id that are not of this copy")
        try twin.fails(6, "pull", saying: "amx events --set-aside \(twins.replica)")
        #expect(try twins.tip == apart && hub.refs("team")[chain.ref] == there)

        // The way out: what the twin has stays, the other's comes, and the twin goes on under an id of its own.
        let done = try twin.json("events", "--set-aside", twins.replica)
        #expect(done["commit"].string == apart && done["setAside"].string == twins.replica)
        let own = try #require(done["replica"].string)
        #expect(own != twins.replica)
        try twin.json("pull")
        #expect(try twins.tip == there)
        try twin.json("push")
        let kept = "refs/amx/former-events/\(twins.replica)/\(apart)"
        #expect(try refs("\(twin.directory)/.aimatrix/workspace.git").contains("\(kept) \(apart)"))
        #expect(try hub.refs("team").keys.sorted() == [chain.ref, "refs/heads/main"])
        try twin.fails(
            3, "events", "--set-aside", (own.hasPrefix("0") ? "1" : "0") + own.dropFirst(),
            saying: "there is no event chain")
        try twin.fails(2, "events", "--set-aside", "x", saying: "is not a replica's id")
        try check(twin)

        // A server that puts a chain back, or another in its place, is not followed.
        let grace = try clone(hub, "Grace")
        let seen = try EventChain("a", of: grace, isOwn: false)
        #expect(try seen.tip == there)
        let hubRepository = hub.repository("team")
        try Tool.git(["update-ref", chain.ref, "\(there)~1"], in: hubRepository)
        try grace.json("pull")
        #expect(try seen.tip == there)
        try Tool.git(
            ["fetch", "--quiet", "\(twin.directory)/.aimatrix/workspace.git", "+\(kept):\(chain.ref)"],
            in: hubRepository)
        try grace.fails(6, "pull", saying: "its events would be lost")
        try grace.fails(6, "pull", saying: "`amx events --set-aside \(chain.replica)` keeps the events that are here")
        #expect(try seen.tip == there)
        try Tool.git(["update-ref", "-d", chain.ref], in: hubRepository)
        try grace.json("pull")
        #expect(try seen.tip == there)
        try check(grace)
    }

    private func refs(_ repository: String) throws -> [String] {
        try Tool.git(["for-each-ref", "--format=%(refname) %(objectname)"], in: repository).split(separator: "\n")
            .map(String.init)
    }

    private func main(_ tool: AmxTool) throws -> String {
        let commit = try Tool.git(["rev-parse", "refs/heads/main"], in: "\(tool.directory)/.aimatrix/workspace.git")
        return "refs/heads/main \(commit)"
    }
}
