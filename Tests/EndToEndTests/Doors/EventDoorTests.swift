import Foundation
import TestSupport
import Testing

/// What each door that takes pushes from git says to event chains: the same.
@Suite(.onTestThreads) struct EventDoorTests {
    /// Where a workspace `team` and a capsule `demo` are pushed to.
    private enum Door: String, CaseIterable {
        case hub, hook
    }

    /// The servers behind the doors, as far as they are needed.
    private struct Servers {
        private let hub: HubProcess?
        private let hooked: HookedServer?

        init(_ door: Door) throws {
            hub = door == .hub ? try HubProcess() : nil
            hooked = door == .hub ? nil : try HookedServer("demo")
            try hooked?.create("team")
        }

        func address(_ name: String) -> String {
            hub?.address(name) ?? hooked?.backend.repository(name) ?? ""
        }

        func refs(_ name: String) throws -> [String: String] {
            if let hub { return try hub.refs(name) }
            let lines = try hooked?.refs(name).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            return Dictionary(uniqueKeysWithValues: (lines ?? []).map { ($0[0], $0[1]) })
        }

        func check(_ name: String) throws {
            if let hub { return try hub.check(name) }
            if let hooked { try Tool.git(["fsck", "--strict"], in: hooked.backend.repository(name)) }
        }
    }

    @Test(arguments: Door.allCases) private func takesThemAsTheyMayBe(_ door: Door) throws {
        let servers = try Servers(door)
        let ada = try AmxTool().workspace("team")
        try ada.newCapsule("demo")
        try ada.json("commit", "-m", "Start")
        let chain = try EventChain("a", of: ada)
        let first = try chain.append("installed")
        let second = try chain.append("enabled")
        let repository = "\(ada.directory)/.aimatrix/workspace.git"
        func push(_ specs: String..., to name: String = "team", from folder: String? = nil) throws -> Tool.Outcome {
            try Tool.run(
                "git", ["push", servers.address(name)] + specs, in: folder ?? repository,
                environment: Tool.gitEnvironment)
        }
        func refuses(_ spec: String, _ reason: String, to name: String = "team", from folder: String? = nil) throws {
            let before = try servers.refs(name)
            let outcome = try push(spec, to: name, from: folder)
            let said = outcome.errors.replacingOccurrences(of: "remote: ", with: "")
            #expect(outcome.status == 1 && said.contains(reason), "\(spec): \(outcome.status) \(said)")
            #expect(try servers.refs(name) == before, "\(spec)")
        }

        // Nothing says yet what the repository is.
        try refuses("\(first):\(chain.ref)", "not a workspace's repository yet")
        // A branch that is refused says nothing either.
        let nameless = try GitCopy(capsule: "other")
        try Tool.git(["fetch", "--quiet", repository, "\(chain.ref):\(chain.ref)"], in: nameless.path)
        try nameless.write("amx.json", "{\"name\": \"other\"}\n")
        let other = try nameless.commit("Other")
        let outcome = try push("\(other):refs/heads/main", chain.ref, from: nameless.path)
        #expect(outcome.status == 1 && !outcome.errors.contains("[new"), "\(outcome.errors)")
        #expect(try servers.refs("team").isEmpty)

        // With the first branch, although its name comes first; then forward.
        #expect(try push("\(first):\(chain.ref)", "main").status == 0)
        #expect(try servers.refs("team")[chain.ref] == first)
        #expect(try push("\(second):\(chain.ref)").status == 0)
        #expect(try servers.refs("team")[chain.ref] == second)

        // Not back, not aside, not away.
        let aside = try chain.batch("disabled", after: first)
        try refuses("+\(first):\(chain.ref)", "its events would be lost")
        try refuses("+\(aside):\(chain.ref)", "its events would be lost")
        try refuses(":\(chain.ref)", "events stay")
        let another = String(repeating: "b", count: 32)
        let tree = try Tool.git(["rev-parse", "\(second)^{tree}"], in: repository)
        try refuses("\(tree):refs/amx/events/\(another)", "an event chain is of commits")
        for name in ["a", "a/b", "\(another)b", another.uppercased(), "\(another.dropLast())g"] {
            try refuses("\(second):refs/amx/events/\(name)", "it does not name a replica")
        }
        #expect(try push("\(aside):refs/amx/events/\(another)").status == 0)
        // Beside a release or another reference, which a workspace has not.
        for name in ["refs/amx/meta", "refs/amx/operations"] {
            try refuses("\(second):\(name)", "neither a branch nor an event chain")
        }

        // A capsule's repository takes none, new or not.
        let capsule = ada.repository("demo")
        try Tool.git(["fetch", "--quiet", repository, "\(chain.ref):\(chain.ref)"], in: capsule)
        for atomic in [[], ["--atomic"]] {
            let outcome = try Tool.run(
                "git", ["push"] + atomic + [servers.address("demo"), chain.ref, "main"], in: capsule,
                environment: Tool.gitEnvironment)
            #expect(outcome.status == 1 && outcome.errors.contains("neither a branch nor a release"))
        }
        #expect(try push("main", to: "demo", from: capsule).status == 0)
        try refuses(chain.ref, "neither a branch nor a release", to: "demo", from: capsule)
        try refuses("main:refs/amx/operations", "neither a branch nor a release", to: "demo", from: capsule)
        #expect(try servers.refs("demo").keys.allSatisfy { $0 == "refs/heads/main" })
        try servers.check("team")
    }
}
