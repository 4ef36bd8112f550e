import Foundation
import HubServer
import TestSupport
import Testing

/// Plain git against the hub.
@Suite struct HubGitTests {
    @Test(arguments: [0, 1, 2]) func clonesWhatWasPushed(protocolVersion: Int) async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("tag", "-a", "v1.0.0", "-m", "First")
            try await work.git("push", hub.remote("acme/demo.git"), "main", "v1.0.0")
            let clone = try await Clone(from: hub.remote("acme/demo"), protocolVersion: protocolVersion)
            #expect(try await clone.git("rev-parse", "HEAD") == work.git("rev-parse", "HEAD"))
            #expect(try await clone.git("rev-parse", "v1.0.0") == work.git("rev-parse", "v1.0.0"))
            #expect(try await clone.git("branch", "--show-current") == "main")
            try await clone.git("fsck", "--strict")
            // A second push and a fetch that negotiates.
            try work.write("knowledge/more.md", "more\n")
            let second = try await work.commit("More")
            try await work.git("push", hub.remote("acme/demo.git"), "main")
            try await clone.git("-c", "protocol.version=\(protocolVersion)", "pull", "--quiet")
            #expect(try await clone.git("rev-parse", "HEAD") == second)
            #expect(try await clone.git("-c", "protocol.version=\(protocolVersion)", "fetch").isEmpty)
            try await Offload.succeed(["fsck", "--strict"], in: hub.repository("acme/demo"))
        }
    }

    @Test func servesAnEmptyRepositoryAndItsUnbornBranch() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            let missing = try await Offload.git(["ls-remote", hub.remote("acme/demo.git")], in: work.path)
            #expect(missing.status == 128)
            #expect(missing.errors.contains("not found"))
            // A repository without branches, whose default branch is unborn.
            try await Offload.succeed(
                ["init", "--quiet", "--bare", "--initial-branch=trunk", hub.repository("acme/empty")], in: work.path)
            let clone = try await Clone(from: hub.remote("acme/empty.git"))
            #expect(try await clone.git("symbolic-ref", "HEAD") == "refs/heads/trunk")
        }
    }

    @Test func letsEverybodyReadWhatIsPublic() async throws {
        try await ServedHub.run { configuration in
            configuration.publicRead = true
        } _: { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
            let clone = try await Clone(from: "\(hub.url)/acme/demo.git")
            try await clone.commit("Mine")
            let anonymous = try await clone.attempt("push", "origin", "main")
            #expect(anonymous.status == 128)
            #expect(anonymous.errors.contains("could not read Username"))
            let reader = try await hub.token("acme", "read").text
            let forbidden = try await clone.attempt("push", hub.remote("acme/demo.git", token: reader), "main")
            #expect(forbidden.status == 128)
            #expect(forbidden.errors.contains("remote: access to acme/demo refused: the token has not the right write"))
        }
    }

    @Test func makesTheFirstPushedBranchTheDefaultOne() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("branch", "--move", "trunk")
            try await work.git("branch", "zebra")
            try await work.git("push", hub.remote("acme/demo.git"), "trunk")
            #expect(try await Clone(from: hub.remote("acme/demo.git")).git("branch", "--show-current") == "trunk")
            let other = try await Clone(capsule: "other")
            try await other.git("branch", "alpha")
            try await other.git("push", hub.remote("acme/other.git"), "alpha", "main")
            #expect(try await Clone(from: hub.remote("acme/other.git")).git("branch", "--show-current") == "main")
        }
    }

    @Test func limitsHistoryAndObjects() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            for number in 1...5 {
                try work.write("knowledge/facts.md", "fact \(number)\n")
                try await work.commit("Fact \(number)")
            }
            try await work.git("push", hub.remote("acme/demo.git"), "main")
            for version in [0, 2] {
                let shallow = try await Clone(
                    from: hub.remote("acme/demo.git"), ["--depth=2"], protocolVersion: version)
                #expect(try await shallow.git("rev-list", "--count", "HEAD") == "2")
                try await shallow.git("-c", "protocol.version=\(version)", "fetch", "--quiet", "--deepen=1")
                #expect(try await shallow.git("rev-list", "--count", "HEAD") == "3")
                try await shallow.git("-c", "protocol.version=\(version)", "fetch", "--quiet", "--depth=1")
                #expect(try await shallow.git("rev-list", "--count", "HEAD") == "1")
                try await shallow.git("-c", "protocol.version=\(version)", "fetch", "--quiet", "--unshallow")
                #expect(try await shallow.git("rev-list", "--count", "HEAD") == "6")
                try await shallow.git("fsck", "--strict")
                let partial = try await Clone(
                    from: hub.remote("acme/demo.git"), ["--filter=blob:none", "--no-checkout"],
                    protocolVersion: version)
                #expect(try await partial.git("rev-list", "--objects", "--missing=print", "HEAD").contains("?"))
                #expect(try await partial.git("show", "HEAD:knowledge/facts.md") == "fact 5")
            }
        }
    }

    @Test func deletesAndForcesBranchesButKeepsTheDefaultOne() async throws {
        try await ServedHub.run { hub in
            let remote = hub.remote("acme/demo.git")
            let work = try await Clone(capsule: "demo")
            try await work.git("push", remote, "main", "main:side")
            try await work.git("push", remote, ":side")
            #expect(try await !work.git("ls-remote", remote).contains("side"))
            let refused = try await work.attempt("push", remote, ":main")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("! [remote rejected] main (cannot delete refs/heads/main: it is the"))
            #expect(refused.errors.contains("remote: hint: a repository keeps its default branch; delete another one"))
            try await work.git("commit", "--quiet", "--amend", "--message", "Again")
            let stale = try await work.attempt("push", remote, "main")
            #expect(stale.errors.contains("non-fast-forward"))
            try await work.git("push", "--force", remote, "main")
            #expect(try await work.git("ls-remote", remote, "refs/heads/main").hasPrefix(work.git("rev-parse", "HEAD")))
        }
    }

    @Test(arguments: ["refs/notes/x", "refs/amx/meta", "refs/heads/a.lock", "refs/tags/nightly", "refs/remotes/o/main"])
    func refusesOtherRefs(name: String) async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            let outcome = try await work.attempt("push", hub.remote("acme/demo.git"), "main:\(name)")
            #expect(outcome.status != 0)
            #expect(try hub.leftovers().isEmpty)
            #expect(!FileManager.default.fileExists(atPath: hub.repository("acme/demo")))
        }
    }

    @Test func doesAllOfAnAtomicPushOrNothing() async throws {
        try await ServedHub.run { hub in
            let remote = hub.remote("acme/demo.git")
            let work = try await Clone(capsule: "demo")
            try await work.git("push", remote, "main")
            let outcome = try await work.attempt("push", "--atomic", remote, "main:side", "main:refs/notes/x")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("! [remote rejected] main -> side (atomic push failure)"))
            #expect(try await !work.git("ls-remote", remote).contains("side"))
            let partly = try await work.attempt("push", remote, "main:side", "main:refs/notes/x")
            #expect(partly.status == 1)
            #expect(try await work.git("ls-remote", remote).contains("refs/heads/side"))
            // One name can't be a branch and a folder of branches.
            let conflict = try await work.attempt("push", remote, "main:side/below")
            #expect(conflict.errors.contains("[remote rejected]"))
        }
    }

    @Test func takesLargeChunkedAndCompressedBodies() async throws {
        try await ServedHub.run { hub in
            let remote = hub.remote("acme/demo.git")
            let work = try await Clone(capsule: "demo")
            var generator = SeededGenerator(seed: 7)
            let noise = Data(generator.bytes(3 << 20)).base64EncodedString()
            try work.write("knowledge/noise.txt", noise)
            try await work.commit("Noise")
            // Larger than http.postBuffer: a probe, then a chunked body.
            try await work.git("push", remote, "main")
            // Many haves make git compress its request.
            let clone = try await Clone(from: remote)
            for number in 0..<120 { try await clone.git("commit", "--quiet", "--allow-empty", "-m", "Local \(number)") }
            try work.write("knowledge/more.txt", "more")
            try await work.commit("More")
            try await work.git("push", remote, "main")
            try await clone.git("fetch", "--quiet")
            #expect(try await clone.git("rev-parse", "origin/main") == work.git("rev-parse", "main"))
            #expect(try await clone.git("show", "origin/main:knowledge/noise.txt") == noise)
        }
    }

    @Test func takesConcurrentPushesOfOneRepository() async throws {
        try await ServedHub.run { hub in
            let remote = hub.remote("acme/demo.git")
            let work = try await Clone(capsule: "demo")
            try await work.git("push", remote, "main")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let clone = try await Clone(from: remote)
                        try clone.write("knowledge/\(number).md", "\(number)\n")
                        try await clone.commit("Number \(number)")
                        try await clone.git("push", remote, "HEAD:branch-\(number)")
                        _ = try await Clone(from: remote)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await work.git("ls-remote", "--heads", remote).split(separator: "\n").count == 9)
            try await Offload.succeed(["fsck", "--strict"], in: hub.repository("acme/demo"))
            #expect(try hub.leftovers().isEmpty)
        }
    }
}
