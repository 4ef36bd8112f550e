import Foundation
import TestSupport
import Testing

/// Pushes that do more than go forward, against a hub, any git server, and a folder of repositories.
@Suite(.onTestThreads) struct PushOptionTests {
    /// The kinds of places.
    enum Place: String, CaseIterable, Sendable { case hub, backend, folder, workspace }

    /// A place with an empty repository for the capsule where it needs one.
    final class Store {
        private let hub: HubProcess?
        private let server: GitBackendProcess?
        private let folder: TemporaryDirectory?
        let url: String
        let token: String?
        let repository: String

        init(_ place: Place) throws {
            (hub, server, folder) = (
                place == .hub ? try HubProcess() : nil, place == .backend ? try GitBackendProcess() : nil,
                place == .folder || place == .workspace ? try TemporaryDirectory() : nil
            )
            token = hub?.token
            if let hub {
                (url, repository) = (hub.remote, hub.repository("demo"))
            } else if let server {
                try server.create("demo")
                (url, repository) = (server.url, server.repository("demo"))
            } else {
                let path = folder?.path ?? ""
                url = path
                if place == .workspace {
                    try AmxTool().json("init", path)
                    repository = "\(path)/.aimatrix/store/demo.git"
                } else {
                    repository = "\(path)/demo.git"
                }
            }
        }

        func commit(of branch: String) throws -> String? {
            let found = try Tool.run("git", ["rev-parse", "--verify", "-q", "refs/heads/\(branch)"], in: repository)
            return found.status == 0 ? found.text.trimmingCharacters(in: .newlines) : nil
        }
    }

    /// Two users of a store whose `main` has been replaced by one of them.
    private func diverged(_ store: Store) throws -> (ada: AmxTool, grace: AmxTool) {
        let ada = try AmxTool("Ada", token: store.token).workspace(remote: store.url)
        let grace = try AmxTool("Grace", token: store.token).workspace(remote: store.url)
        try ada.newCapsule("demo")
        try ada.json("push")
        try grace.json("pull", "origin", "demo")
        try grace.json("edit", "demo")
        for user in [ada, grace] {
            try user.write("demo", "knowledge/own.md", "\(user.home.path)\n")
            try user.json("commit", "-m", "Own")
        }
        return (ada, grace)
    }

    @Test(arguments: Place.allCases)
    func historyIsReplacedOnlyWithALeaseThatHolds(place: Place) throws {
        let store = try Store(place)
        let (ada, grace) = try diverged(store)
        try ada.json("push")
        let there = try store.commit(of: "main")
        // Without a lease, and with one on what Grace last saw.
        try grace.fails(6, "push", saying: "non-fast-forward")
        try grace.fails(6, "push", "--force-with-lease", saying: "stale info")
        try grace.fails(6, "push", "origin", "demo", "--force-with-lease=main", saying: "stale info")
        try grace.fails(
            6, "push", "origin", "demo", "--force-with-lease=main:\(String(repeating: "1", count: 40))",
            saying: "stale info")
        try grace.fails(6, "push", "origin", "demo", "--force-with-lease=main:", saying: "stale info")
        #expect(try store.commit(of: "main") == there)
        // A lease on what is really there.
        let dry = try grace.json("push", "origin", "demo", "--force-with-lease=main:\(there ?? "")", "--dry-run")
        #expect(dry["dryRun"].bool == true)
        #expect(dry["pushed"][0]["refs"][0]["forced"].bool == true)
        #expect(try store.commit(of: "main") == there)
        let forced = try grace.json("push", "origin", "demo", "--force-with-lease=main:\(there ?? "")")
        #expect(forced["pushed"][0]["refs"][0]["forced"].bool == true)
        #expect(try store.commit(of: "main") == grace.show("demo").commit)
        // Ada fetches, sees it, and takes it back with the lease that a fetch gives.
        let fetched = try ada.run("fetch")
        #expect(fetched.text.contains("(forced update)"), "\(fetched.text)")
        try ada.fails(6, "push", saying: "non-fast-forward")
        try ada.json("push", "--force-with-lease")
        #expect(try store.commit(of: "main") == ada.show("demo").commit)
        #expect(try Tool.run("git", ["fsck", "--strict"], in: store.repository).status == 0)
    }

    @Test(arguments: Place.allCases)
    func branchesAreDeletedAndForgotten(place: Place) throws {
        let store = try Store(place)
        let (ada, grace) = try diverged(store)
        try ada.json("branch", "demo", "side")
        try ada.json("push", "origin", "demo", "--all")
        try ada.json("release", "demo")
        try ada.json("push")
        try grace.json("fetch")
        #expect(try grace.show("demo@origin/side").commit == ada.show("demo").commit)
        let dry = try ada.run("push", "origin", "demo", "--delete", "side", "--dry-run")
        #expect(dry.text.contains("- [deleted] side"), "\(dry.text)\(dry.errors)")
        #expect(try store.commit(of: "side") != nil)
        let deleted = try ada.json("push", "origin", "demo", "--delete", "side")["pushed"][0]["refs"][0]
        #expect(deleted["status"].string == "ok" && deleted["new"].string == nil)
        #expect(try store.commit(of: "side") == nil)
        #expect(try ada.run("show", "demo@origin/side").status == 3)
        try ada.fails(3, "push", "origin", "demo", "--delete", "side", saying: "no such branch")
        try ada.fails(2, "push", "--delete", "side", saying: "no capsule is named")
        // A fetch keeps what it has seen until it is told to forget.
        try grace.json("fetch")
        #expect(try grace.run("show", "demo@origin/side").status == 0)
        let shown = try grace.json("remote", "show", "origin")["capsules"][0]
        #expect(
            shown["branches"].array.map { "\($0["name"].string ?? "") \($0["state"].string ?? "")" }
                == ["main up-to-date", "side gone"])
        let pruned = try grace.run("fetch", "--prune")
        #expect(pruned.text.contains("- [deleted] side -> origin/side"), "\(pruned.text)")
        #expect(try grace.run("show", "demo@origin/side").status == 3)
        // A release is not a branch, and the default branch stays on a hub.
        try ada.fails(3, "push", "origin", "demo", "--delete", "v0.1.0", saying: "no such branch")
        if place == .hub { try ada.fails(7, "push", "origin", "demo", "--delete", "main", saying: "default branch") }
    }

    @Test func aReleaseIsNeverDeleted() throws {
        let store = try Store(.hub)
        let ada = try AmxTool("Ada", token: store.token).workspace(remote: store.url)
        try ada.newCapsule("demo")
        try ada.json("release", "demo")
        try ada.json("push")
        for option in [["--dry-run"], []] {
            let outcome = try ada.run(["push", "origin", "demo", "--delete", "v0.1.0"] + option)
            #expect(outcome.status == 3 && outcome.errors.contains("a release is never deleted"), "\(outcome.errors)")
        }
        let none = try ada.fails(3, "push", "origin", "demo", "--delete", "nothing", saying: "no such branch")
        #expect(none.errors.hasSuffix("hint: `amx ls-remote origin demo` shows those that it has\n"), "\(none.errors)")
    }

    @Test func aLeaseIsWrittenBehindAnEqualsSign() throws {
        let ada = try AmxTool("Ada").workspace()
        try ada.newCapsule("demo")
        for (lease, words) in [
            ("main:12", "not a commit's id"), (":12", "names no branch"), ("", "missing value"),
            ("a..b", "names no branch"),
        ] {
            try ada.json("remote", "add", "origin", "../nowhere")
            try ada.fails(2, "push", "origin", "demo", "--force-with-lease=\(lease)", saying: words)
        }
    }
}
