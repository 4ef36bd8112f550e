import Foundation
import TestSupport
import Testing

/// What the hub refuses of a push, as git shows it to its user.
@Suite struct PushPolicyTests {
    /// Pushes from a capsule of the id `demo`, expects refusal, and returns what git printed.
    private func refusal(
        _ refs: String..., prepare: (Clone, String) async throws -> Void
    ) async throws -> String {
        var errors = ""
        try await ServedHub.run { hub in
            let remote = hub.remote("acme/demo.git")
            let work = try await Clone(capsule: "demo")
            try await work.git("push", "--quiet", remote, "main")
            let before = try await work.git("ls-remote", remote)
            try await prepare(work, remote)
            let outcome = try await Offload.git(["push", remote] + refs, in: work.path)
            #expect(outcome.status == 1)
            #expect(try hub.leftovers().isEmpty)
            if refs.count == 1 { #expect(try await work.git("ls-remote", remote) == before) }
            errors = outcome.errors
        }
        return errors
    }

    @Test func wantsAManifestOfTheRepositorysId() async throws {
        let errors = try await refusal("main") { work, _ in
            try work.write("manifest.json", Clone.manifest("other", "1.0.0"))
            try await work.commit("Other")
        }
        #expect(errors.contains("! [remote rejected] main -> main (manifest.json of commit "))
        #expect(errors.contains("remote: hint: make the id and the name of the capsule"))
    }

    @Test func wantsAnnotatedReleases() async throws {
        let errors = try await refusal("v1.0.0") { work, _ in try await work.git("tag", "v1.0.0") }
        #expect(errors.contains("! [remote rejected] v1.0.0 -> v1.0.0 (release v1.0.0 is not an annotated tag"))
    }

    @Test func wantsReleasesOfTheManifestsVersion() async throws {
        let errors = try await refusal("v2.0.0") { work, _ in try await work.git("tag", "-a", "v2.0.0", "-m", "Two") }
        #expect(
            errors.contains("! [remote rejected] v2.0.0 -> v2.0.0 (release v2.0.0 is of a commit whose manifest has"))
    }

    @Test func neverChangesARelease() async throws {
        try await ServedHub.run { hub in
            let remote = hub.remote("acme/demo.git")
            let work = try await Clone(capsule: "demo")
            try await work.git("tag", "-a", "v1.0.0", "-m", "One")
            try await work.git("push", "--quiet", remote, "main", "v1.0.0")
            try await work.git("tag", "--force", "-a", "v1.0.0", "-m", "Another")
            let replaced = try await work.attempt("push", "--force", remote, "v1.0.0")
            #expect(
                replaced.errors.contains(
                    "! [remote rejected] v1.0.0 -> v1.0.0 (cannot replace release v1.0.0: a release never changes)"))
            let deleted = try await work.attempt("push", remote, ":v1.0.0")
            #expect(deleted.errors.contains("! [remote rejected] v1.0.0 (cannot delete release v1.0.0"))
        }
    }

    @Test func refusesForbiddenNamesAndModes() async throws {
        for name in ["aux.txt", "a\\b", "Manifest.json"] {
            let errors = try await refusal("main") { work, _ in
                try work.write(name, "x")
                try await work.commit("Add \(name)")
            }
            #expect(errors.contains("! [remote rejected] main -> main (unpacker error)"))
            #expect(
                errors.contains("error: remote unpack failed: cannot take ")
                    && (errors.contains("'\(name)' of commit ") || errors.contains("same name")),
                "\(errors)")
        }
        let link = try await refusal("main") { work, _ in
            try FileManager.default.createSymbolicLink(
                atPath: "\(work.path)/link", withDestinationPath: "manifest.json")
            try await work.commit("Link")
        }
        #expect(link.contains("(unpacker error)"))
    }

    @Test func refusesFalseDigests() async throws {
        let errors = try await refusal("main") { work, _ in
            try await work.commit("Lie\n\nCapsule-Digest: sha256:\(String(repeating: "0", count: 64))")
        }
        #expect(errors.contains("! [remote rejected] main -> main (commit "))
    }

    @Test func takesWhatStandsOfAMixedPush() async throws {
        let errors = try await refusal("main:side", "v1.0.0") { work, _ in try await work.git("tag", "v1.0.0") }
        #expect(errors.contains("* [new branch]      main -> side"))
        #expect(errors.contains("! [remote rejected] v1.0.0"))
    }

    @Test func refusesStaleUpdates() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
            let head = try await work.git("rev-parse", "HEAD")
            let zero = String(repeating: "0", count: 40)
            let line = "\(zero) \(head) refs/heads/main\u{0} report-status"
            let empty = Array("PACK".utf8) + [0, 0, 0, 2, 0, 0, 0, 0]
            let checksum = try await Offload.run { try Tool.run("sha1sum", [], input: empty).text.prefix(40) }
            let digits = Array(checksum)
            let trailer = stride(from: 0, to: 40, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
            let size = String(line.utf8.count + 4, radix: 16)
            let body =
                Array("\(String(repeating: "0", count: 4 - size.count))\(size)\(line)0000".utf8) + empty + trailer
            let answer = try await HTTPProbe.request(
                hub.url, "POST", "/acme/demo.git/git-receive-pack",
                headers: [
                    "Authorization: Bearer \(hub.admin)", "Content-Type: application/x-git-receive-pack-request",
                ], body: body)
            #expect(answer.text.contains("unpack ok"))
            #expect(answer.text.contains("ng refs/heads/main fetch first"))
        }
    }
}
