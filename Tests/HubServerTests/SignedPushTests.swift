import Foundation
import HubServer
import TestSupport
import Testing

/// What a hub that requires signatures takes and refuses.
@Suite struct SignedPushTests {
    /// Makes a key in a working copy's folder and returns its public line.
    private func makeKey(_ name: String, _ folder: TemporaryDirectory) async throws -> String {
        let path = folder.appending(name)
        try await Offload.run {
            let outcome = try Tool.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path])
            guard outcome.status == 0 else { throw TestFailure(description: outcome.errors) }
        }
        return String(decoding: try folder.read("\(name).pub"), as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    private func write(_ text: String, to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private func release(_ version: String, _ work: Clone, signedWith key: String?) async throws {
        try work.write("manifest.json", Clone.manifest("demo", version))
        try await work.commit(version)
        let signing = key.map { ["-c", "gpg.format=ssh", "-c", "user.signingKey=\($0)"] } ?? []
        let mode = key == nil ? "-a" : "-s"
        try await Offload.succeed(signing + ["tag", mode, "-m", version, "v\(version)"], in: work.path)
    }

    @Test func aPolicyHoldsAtOnce() async throws {
        try await ServedHub.run { hub in
            let keys = try TemporaryDirectory("amx-keys")
            let ada = try await makeKey("ada", keys)
            _ = try await makeKey("eve", keys)
            let work = try await Clone(capsule: "demo")
            let remote = hub.remote("acme/demo.git")
            try await release("1.1.0", work, signedWith: nil)
            try await work.git("push", "--quiet", remote, "main", "v1.1.0")
            let policy = "\(hub.directory.path)/policy"
            try write("[policy]\n\trequireSigned = refs/tags/v*\n", to: "\(policy)/owners/acme/config")
            try write("ada@example.com \(ada)\n", to: "\(policy)/allowed_signers")

            try await release("1.2.0", work, signedWith: nil)
            let unsigned = try await work.attempt("push", remote, "main", "v1.2.0")
            #expect(unsigned.errors.contains("[remote rejected] v1.2.0 -> v1.2.0 (release v1.2.0 is not signed, and"))
            #expect(unsigned.errors.contains("main -> main") && unsigned.status == 1)

            try await release("1.3.0", work, signedWith: keys.appending("eve"))
            let stranger = try await work.attempt("push", remote, "v1.3.0")
            #expect(stranger.errors.contains("nobody has said whose key that is, and refs/tags/v1.3.0 must be signed"))

            try await release("1.4.0", work, signedWith: keys.appending("ada"))
            try await work.git("push", "--quiet", remote, "v1.4.0")

            try write("\(ada)\n", to: "\(policy)/owners/acme/revoked_keys")
            try await release("1.5.0", work, signedWith: keys.appending("ada"))
            let revoked = try await work.attempt("push", remote, "v1.5.0")
            #expect(revoked.errors.contains("has been revoked"))
            #expect(try hub.leftovers().isEmpty)

            // Another owner's repositories are not concerned.
            let token = try await hub.token("globex", "read,write")
            try await work.git("push", "--quiet", hub.remote("globex/demo.git", token: token.text), "main", "v1.2.0")
        }
    }

    @Test func aPolicyThatCannotBeReadTakesNothing() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            let policy = "\(hub.directory.path)/policy"
            try write("ada@example.com ssh-ed25519 AAAA\n", to: "\(policy)/allowed_signers")
            let outcome = try await work.attempt("push", hub.remote("acme/demo.git"), "main")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("the hub cannot read its policy of signatures, so it takes nothing"))
            #expect(!outcome.errors.contains(hub.directory.path))
        }
    }

    @Test func aBranchIsSignedCommitByCommit() async throws {
        try await ServedHub.run { hub in
            let keys = try TemporaryDirectory("amx-keys")
            let ada = try await makeKey("ada", keys)
            let work = try await Clone(capsule: "demo")
            let remote = hub.remote("acme/demo.git")
            try await work.git("push", "--quiet", remote, "main")
            let policy = "\(hub.directory.path)/policy"
            try write("[policy]\n\trequireSigned = refs/heads/main\n", to: "\(policy)/config")
            try write("ada@example.com \(ada)\n", to: "\(policy)/allowed_signers")
            let signing = ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(keys.appending("ada"))"]
            let commit = signing + ["commit", "--quiet", "--allow-empty", "-S", "-m", "Signed"]

            try await Offload.succeed(commit, in: work.path)
            try await work.git("push", "--quiet", remote, "main")
            // An unsigned commit below a signed one, which another branch has brought already.
            try await work.commit("Unsigned")
            try await work.git("push", "--quiet", remote, "main:wip")
            try await Offload.succeed(commit, in: work.path)
            let outcome = try await work.attempt("push", remote, "main")
            #expect(outcome.errors.contains("is not signed, and refs/heads/main must be signed by a trusted key"))
        }
    }
}
