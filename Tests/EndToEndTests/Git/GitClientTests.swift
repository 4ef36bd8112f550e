import Foundation
import TestSupport
import Testing

/// Plain git against the hub's process, in every protocol version.
@Suite(.onTestThreads) struct GitClientTests {
    @Test(arguments: [0, 1, 2]) func clonesFetchesAndPushes(version: Int) throws {
        let hub = try HubProcess()
        let remote = hub.address("demo")
        let protocolVersion = "protocol.version=\(version)"
        let work = try GitCopy(capsule: "demo")
        try work.git("-c", protocolVersion, "remote", "add", "origin", remote)
        try work.git("config", "protocol.version", "\(version)")
        try work.git("tag", "-a", "v1.0.0", "-m", "First")
        try work.git("push", "--quiet", "--set-upstream", "origin", "main", "v1.0.0")
        try hub.check("demo")

        let other = try GitCopy(cloning: remote, "-c", protocolVersion)
        #expect(try other.head == work.head)
        #expect(try other.git("rev-parse", "v1.0.0") == work.git("rev-parse", "v1.0.0"))
        #expect(try other.git("branch", "--show-current") == "main")
        #expect(try other.git("symbolic-ref", "refs/remotes/origin/HEAD") == "refs/remotes/origin/main")

        // Back and forth, with a merge.
        try other.write("knowledge/other.md", "other\n")
        try other.commit("Other")
        try other.git("push", "--quiet")
        try work.write("knowledge/work.md", "work\n")
        try work.commit("Work")
        let refused = try work.attempt("push", "origin", "main")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("! [rejected]        main -> main (fetch first)"))
        try work.git("pull", "--quiet", "--no-rebase", "--no-edit")
        try work.git("push", "--quiet")
        try other.git("pull", "--quiet", "--ff-only")
        #expect(try other.head == work.head)
        #expect(try other.digest() == work.digest())
        // Nothing new: no output, and no pack is asked for.
        #expect(try other.attempt("fetch").errors.isEmpty)
        #expect(try work.attempt("push").errors == "Everything up-to-date\n")
        try other.git("fsck", "--strict")
        try hub.check("demo")
    }

    @Test func listsRefsWithPeeledTagsAndHead() throws {
        let hub = try HubProcess()
        let remote = hub.address("demo")
        let work = try GitCopy(capsule: "demo")
        try work.git("tag", "-a", "v1.0.0", "-m", "First")
        try work.git("push", "--quiet", remote, "main", "main:feature/a", "v1.0.0")
        let head = try work.head
        let tag = try work.git("rev-parse", "v1.0.0")
        for version in [0, 1, 2] {
            #expect(
                try work.git("-c", "protocol.version=\(version)", "ls-remote", "--symref", remote) == """
                    ref: refs/heads/main\tHEAD
                    \(head)\tHEAD
                    \(head)\trefs/heads/feature/a
                    \(head)\trefs/heads/main
                    \(tag)\trefs/tags/v1.0.0
                    \(head)\trefs/tags/v1.0.0^{}
                    """)
            #expect(
                try work.git("-c", "protocol.version=\(version)", "ls-remote", remote, "refs/heads/f*")
                    == "\(head)\trefs/heads/feature/a")
        }
    }

    @Test func makesMovesAndDeletesBranches() throws {
        let hub = try HubProcess()
        let remote = hub.address("demo")
        let work = try GitCopy(capsule: "demo")
        try work.git("push", "--quiet", remote, "main")
        let first = try work.head
        try work.write("knowledge/more.md", "more\n")
        let second = try work.commit("More")
        try work.git("push", "--quiet", remote, "main:side", "main:nested/deep/branch")
        try hub.check("demo")
        #expect(try hub.refs("demo")["refs/heads/nested/deep/branch"] == second)
        // A name that is a folder of another is refused, and nothing moves.
        let before = try hub.refs("demo")
        let conflict = try work.attempt("push", remote, "main:nested")
        #expect(conflict.status == 1)
        #expect(conflict.errors.contains("! [remote rejected] main -> nested ("), "\(conflict.errors)")
        #expect(try hub.refs("demo") == before)
        // Deleting one makes room.
        try work.git("push", "--quiet", remote, ":nested/deep/branch")
        try work.git("push", "--quiet", remote, "main:nested")
        // Force, with and without a lease.
        try work.git("reset", "--quiet", "--hard", first)
        try work.write("knowledge/else.md", "else\n")
        let third = try work.commit("Else")
        #expect(try work.attempt("push", remote, "main:side").errors.contains("[rejected]"))
        let lease = try work.attempt("push", "--force-with-lease=side:\(first)", remote, "main:side")
        #expect(lease.errors.contains("(stale info)"))
        try work.git("push", "--quiet", "--force-with-lease=side:\(second)", remote, "main:side")
        #expect(try hub.refs("demo")["refs/heads/side"] == third)
        try work.git("push", "--quiet", "--delete", remote, "side", "nested")
        #expect(try hub.refs("demo") == ["refs/heads/main": first])
        try hub.check("demo")
        // Deleting what is not there is told by git itself.
        #expect(try work.attempt("push", "--delete", remote, "side").status == 1)
    }

    @Test func doesAllOfAnAtomicPushOrNothing() throws {
        let hub = try HubProcess()
        let remote = hub.address("demo")
        let work = try GitCopy(capsule: "demo")
        try work.git("push", "--quiet", remote, "main")
        let before = try hub.refs("demo")
        let refused = try work.attempt("push", "--atomic", remote, "main:one", "main:two", "main:refs/notes/three")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("! [remote rejected] main -> one (atomic push failure)"))
        #expect(refused.errors.contains("! [remote rejected] main -> two (atomic push failure)"))
        #expect(try hub.refs("demo") == before)
        try work.git("push", "--quiet", "--atomic", remote, "main:one", "main:two")
        #expect(try hub.refs("demo").count == 3)
        // Without it, what can stand does.
        #expect(try work.attempt("push", remote, "main:three", "main:refs/notes/four").status == 1)
        #expect(try hub.refs("demo").keys.sorted().contains("refs/heads/three"))
        #expect(try hub.refs("demo").count == 4)
        try hub.check("demo")
    }

    @Test func servesAnEmptyRepository() throws {
        let hub = try HubProcess()
        try Tool.git(["init", "--quiet", "--bare", "--initial-branch=trunk", hub.repository("empty")], in: hub.data)
        for version in [0, 1, 2] {
            let clone = try GitCopy(cloning: hub.address("empty"), "-c", "protocol.version=\(version)")
            // Only version 2 can tell which branch is not born yet.
            let branch = try clone.git("symbolic-ref", "HEAD")
            #expect(branch == (version == 2 ? "refs/heads/trunk" : "refs/heads/master"))
            #expect(try clone.git("ls-remote").isEmpty)
        }
        let work = try GitCopy(cloning: hub.address("empty"))
        try work.write("manifest.json", GitCopy.manifest("empty", "0.1.0"))
        try work.commit("First")
        try work.git("push", "--quiet", "origin", "trunk")
        try hub.check("empty")
        #expect(try GitCopy(cloning: hub.address("empty")).head == work.head)
        // A repository that was never made does not exist for readers.
        let missing = try work.attempt("ls-remote", hub.address("missing"))
        #expect(missing.status == 128)
        #expect(missing.errors.contains("not found"))
    }

    @Test func followsTagsOfWhatIsFetched() throws {
        let hub = try HubProcess()
        let remote = hub.address("demo")
        let work = try GitCopy(capsule: "demo")
        try work.git("push", "--quiet", remote, "main")
        let clone = try GitCopy(cloning: remote)
        for version in ["1.1.0", "1.2.0-rc.1", "2.0.0+build.5"] {
            try work.write("manifest.json", GitCopy.manifest("demo", version))
            try work.commit("Version \(version)")
            try work.git("tag", "-a", "v\(version)", "-m", "Release \(version)")
        }
        try work.git("push", "--quiet", "--follow-tags", remote, "main")
        try hub.check("demo")
        try clone.git("fetch", "--quiet")
        #expect(try clone.git("tag", "--list") == work.git("tag", "--list"))
        #expect(try clone.git("tag", "--list").split(separator: "\n").count == 3)
        try clone.git("fsck", "--strict")
        let single = try GitCopy(cloning: remote, "--single-branch", "--branch", "v1.1.0")
        #expect(try single.head == work.git("rev-parse", "v1.1.0^{commit}"))
        let bare = try GitCopy(cloning: remote, "--no-tags")
        #expect(try bare.git("tag", "--list").isEmpty)
    }
}
