import Foundation
import HubServer
import TestSupport
import Testing

/// `amx-hub policy`: rules for signatures that hold on a running hub from the next push on.
@Suite struct PolicyCommandTests {
    private func run(_ hub: ServedHub, _ arguments: String...) async throws -> Tool.Outcome {
        try await Offload.run {
            try Tool.run(HubProcess.program, ["policy"] + arguments + ["--data", hub.directory.path])
        }
    }

    private func makeKey(_ name: String, _ folder: TemporaryDirectory) async throws -> String {
        let path = folder.appending(name)
        try await Offload.run {
            let outcome = try Tool.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path])
            guard outcome.status == 0 else { throw TestFailure(description: outcome.errors) }
        }
        return String(decoding: try folder.read("\(name).pub"), as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines)
    }

    private func release(_ version: String, _ work: Clone, signedWith key: String?) async throws {
        try work.write("manifest.json", Clone.manifest("demo", version))
        try await work.commit(version)
        let signing = key.map { ["-c", "gpg.format=ssh", "-c", "user.signingKey=\($0)"] } ?? []
        try await Offload.succeed(
            signing + ["tag", key == nil ? "-a" : "-s", "-m", version, "v\(version)"], in: work.path)
    }

    private func plain(_ text: String, _ keys: [String: String]) -> String {
        var text = text
        for (key, name) in keys { text = text.replacingOccurrences(of: key, with: name) }
        return text.replacing(/SHA256:[A-Za-z0-9+\/]{43}/, with: "SHA256:<key>")
    }

    @Test func rulesHoldFromTheNextPushOn() async throws {
        try await ServedHub.run { hub in
            let keys = try TemporaryDirectory("amx-keys")
            let line = try await makeKey("ada", keys)
            let work = try await Clone(capsule: "demo")
            let remote = hub.remote("acme/demo.git")
            try await work.git("push", "--quiet", remote, "main")

            #expect(try await run(hub).text == "Nothing must be signed: `amx-hub policy add PATTERN` makes a rule.\n")
            var said = try await run(hub, "add", "refs/tags/v*", "--repository", "acme/demo")
            #expect(said.text == "refs/tags/v* must be signed from now on (acme/demo).\n", "\(said.errors)")
            said = try await run(hub, "add", "refs/tags/v*", "--repository", "acme/demo", "--json")
            #expect(said.text == "{\"added\":[]}\n")
            try await release("1.1.0", work, signedWith: nil)
            let unsigned = try await work.attempt("push", remote, "v1.1.0")
            #expect(unsigned.errors.contains("(release v1.1.0 is not signed, and refs/tags/v1.1.0 must be signed"))

            try await release("1.2.0", work, signedWith: keys.appending("ada"))
            let unknown = try await work.attempt("push", remote, "v1.2.0")
            #expect(unknown.status == 1 && unknown.errors.contains("nobody has said whose key that is"))
            said = try await run(hub, "trust", "ada@example.com", keys.appending("ada.pub"), "--owner", "acme")
            #expect(plain(said.text, [:]) == "ada@example.com may sign with SHA256:<key> (acme).\n", "\(said.errors)")
            try await work.git("push", "--quiet", remote, "v1.2.0")

            // A rule for everybody, another repository of the owner, and another owner.
            let other = try await Clone(capsule: "other")
            try await other.git("tag", "-a", "-m", "1", "v1.0.0")
            try await other.git("push", "--quiet", hub.remote("acme/other.git"), "main", "v1.0.0")
            _ = try await run(hub, "add", "refs/heads/protected", "refs/tags/v2*")
            let branch = try await other.attempt("push", hub.remote("acme/other.git"), "main:protected")
            #expect(branch.status == 1 && branch.errors.contains("refs/heads/protected must be signed"))

            said = try await run(hub, "revoke", line)
            #expect(plain(said.text, [:]) == "SHA256:<key> is revoked (everybody).\n", "\(said.errors)")
            try await release("1.3.0", work, signedWith: keys.appending("ada"))
            let revoked = try await work.attempt("push", remote, "v1.3.0")
            #expect(revoked.status == 1 && revoked.errors.contains("has been revoked"), "\(revoked.errors)")

            let list = try await run(hub, "list")
            #expect(
                plain(list.text, [:]) == """
                    FOR        RULE      SUBJECT               KEY
                    everybody  signed    refs/heads/protected
                    everybody  signed    refs/tags/v2*
                    everybody  revoked                         SHA256:<key>
                    acme       may sign  ada@example.com       SHA256:<key>
                    acme/demo  signed    refs/tags/v*

                    """)
            let json = try await run(hub, "list", "--json")
            #expect(
                plain(json.text, [line: "<line>"]) == """
                    {"required":[{"pattern":"refs/heads/protected","scope":{"owner":null,"repository":null}},\
                    {"pattern":"refs/tags/v2*","scope":{"owner":null,"repository":null}},\
                    {"pattern":"refs/tags/v*","scope":{"owner":null,"repository":"acme/demo"}}],\
                    "revoked":[{"fingerprint":"SHA256:<key>","scope":{"owner":null,"repository":null}}],\
                    "signers":[{"fingerprint":"SHA256:<key>","key":"<line>","namespaces":null,"principal":"ada@example.com",\
                    "scope":{"owner":"acme","repository":null},"validAfter":null,"validBefore":null}]}

                    """)

            // Everything can be taken back.
            let fingerprint = try #require(json.text.firstMatch(of: /SHA256:[A-Za-z0-9+\/]{43}/)).output
            #expect(try await run(hub, "revoke", "--undo", String(fingerprint)).status == 0)
            try await work.git("push", "--quiet", remote, "v1.3.0")
            #expect(try await run(hub, "distrust", "ada@example.com", "--owner", "acme").status == 0)
            #expect(try await run(hub, "remove", "refs/tags/v*", "--repository", "acme/demo").status == 0)
            #expect(try await run(hub, "remove", "refs/heads/protected", "refs/tags/v2*").status == 0)
            try await work.git("push", "--quiet", remote, "v1.1.0")
            #expect(try await run(hub).text.hasPrefix("Nothing must be signed"))
            #expect(try hub.leftovers().isEmpty)
        }
    }

    @Test func whatCannotBeARule() async throws {
        try await ServedHub.run { hub in
            let cases: [(words: [String], status: Int32, says: String)] = [
                (["add", "v*"], 1, "'v*' fits no reference"), (["add"], 2, "pattern"),
                (["add", "refs/tags/v*", "v*"], 1, "'v*' fits no reference"),
                (["add", "refs/x", "--owner", "nobody"], 3, "there is no owner nobody"),
                (["add", "refs/x", "--owner", "A/B"], 1, "A/B"),
                (["add", "refs/x", "--repository", "acme"], 2, "is no repository of a hub"),
                (["add", "refs/x", "--repository", "acme/../x"], 2, "is no repository of a hub"),
                (["add", "refs/x", "--repository", "nobody/x"], 3, "there is no owner nobody"),
                (["add", "refs/x", "--repository", "acme/x", "--owner", "acme"], 2, "exclude each other"),
                (["remove", "refs/x"], 3, "there is no rule for refs/x"),
                (["trust", "ada@example.com", "/nowhere.pub"], 3, "there is no such file"),
                (["trust", "ada@example.com", "ssh-rsa", "AAAAB3NzaC1yc2EAAAADAQABAAAAAQE="], 1, "not supported"),
                (["trust", "a", "ssh-ed25519", "AAAA", "--valid-after", "yesterday"], 2, "is not a time"),
                (["distrust", "ada@example.com"], 3, "nobody called 'ada@example.com' may sign"),
                (["revoke", "SHA256:nothing"], 3, "may sign on this hub"),
                (["revoke", "--undo", "SHA256:nothing"], 3, "is not revoked"),
            ]
            for (words, status, says) in cases {
                let outcome = try await Offload.run {
                    try Tool.run(HubProcess.program, ["policy"] + words + ["--data", hub.directory.path])
                }
                #expect(outcome.status == status && outcome.output.isEmpty, "\(words): \(outcome.errors)")
                #expect(outcome.errors.hasPrefix("error: ") && outcome.errors.contains(says), "\(outcome.errors)")
            }
            #expect(try await run(hub, "list", "--json").text == "{\"required\":[],\"revoked\":[],\"signers\":[]}\n")
        }
    }

    /// Rules in a place that cannot be read are rules all the same: nothing is taken.
    @Test func damagedRulesTakeNothing() async throws {
        try await ServedHub.run { hub in
            let work = try await Clone(capsule: "demo")
            let policy = "\(hub.directory.path)/policy"
            let fifo = "\(policy)/config"
            try FileManager.default.createDirectory(atPath: policy, withIntermediateDirectories: true)
            #expect(mkfifo(fifo, 0o600) == 0)
            func refused() async throws {
                let outcome = try await work.attempt("push", hub.remote("acme/demo.git"), "main")
                #expect(outcome.status == 1 && outcome.errors.contains("cannot read its policy"), "\(outcome.errors)")
            }
            try await refused()
            #expect(try await run(hub, "list").status == 1)
            try FileManager.default.removeItem(atPath: fifo)
            try FileManager.default.createDirectory(
                atPath: "\(policy)/revoked_keys", withIntermediateDirectories: true)
            try await refused()
            try FileManager.default.removeItem(atPath: policy)
            try Data().write(to: URL(fileURLWithPath: policy))
            try await refused()
            try FileManager.default.removeItem(atPath: policy)
            try await work.git("push", "--quiet", hub.remote("acme/demo.git"), "main")
        }
    }
}
