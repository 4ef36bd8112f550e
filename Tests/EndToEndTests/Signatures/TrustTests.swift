import Foundation
import TestSupport
import Testing

/// Whom a workspace trusts: lists, the first key seen, a key that has changed, and policies.
@Suite(.onTestThreads) struct TrustTests {
    /// A publisher with a signed release 0.1.0 of `refunds`, and a reader with the publisher's workspace as `origin`.
    private func pair() throws -> (ada: AmxTool, grace: AmxTool) {
        let ada = try AmxTool("Ada").workspace()
        try ada.json("key", "new")
        try ada.newCapsule("refunds")
        try ada.json("release", "refunds", "--sign")
        return (ada, try AmxTool("Grace").workspace(remote: ada.directory))
    }

    /// Publishes the next version with the key that is configured.
    private func publish(_ ada: AmxTool, _ old: String, _ new: String, _ options: String...) throws {
        let path = "\(ada.capsule("refunds"))/manifest.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try ada.write("refunds", "manifest.json", text.replacing(old, with: new))
        try ada.json("commit", "refunds", "-m", new)
        let outcome = try ada.run(["release", "refunds"] + options)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func fingerprint(_ user: AmxTool) throws -> String {
        try #require(try user.json("key", "show")["fingerprint"].string)
    }

    /// The transcript with the keys told apart.
    private func transcript(_ user: AmxTool, _ keys: [String], _ ada: AmxTool, _ commands: [String]...) throws -> String
    {
        var text = ""
        for command in commands {
            let outcome = try user.run(command)
            text += "$ amx \(command.joined(separator: " "))\n\(outcome.text)\(outcome.errors)"
            if outcome.status != 0 { text += "[exit \(outcome.status)]\n" }
        }
        for (index, key) in keys.enumerated() { text = text.replacing(key, with: "SHA256:<\(index)>") }
        return Transcript.plain(text.replacing(ada.directory, with: "<ada>"), home: user.home.path)
            .replacing(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/, with: "<time>")
    }

    @Test func theFirstKeyIsKeptAndAnotherOneIsRefused() throws {
        let (ada, grace) = try pair()
        let first = try fingerprint(ada)
        try grace.json("pull", "refunds")
        let known = try grace.json("trust", "list")["known"]
        #expect(known.array.count == 1 && known[0]["standing"].string == "first-use")
        #expect(known[0]["fingerprint"].string == first && known[0]["release"].string == "v0.1.0")
        #expect(try grace.json("verify", "refunds@v0.1.0")["results"][0]["signature"]["trust"].string == "first-use")
        try grace.fails(5, "verify", "refunds", "--require-signed", saying: "only known from its first use")

        let made = try ada.json("key", "new", "other")
        let second = try #require(made["fingerprint"].string)
        try ada.json("config", "user.signingKey", try #require(made["path"].string))
        try publish(ada, "0.1.0", "0.2.0", "--sign")
        let before = try Tool.git(["for-each-ref"], in: grace.repository("refunds"))
        let text = try transcript(
            grace, [first, second], ada, ["fetch", "-q"], ["pull", "-q"], ["trust", "list"],
            ["trust", "add", "ada@example.com", second, "--capsule", "refunds"], ["pull", "-q"],
            ["verify", "refunds@v0.2.0"])
        #expect(
            text == """
                $ amx fetch -q
                error: cannot fetch refunds: release v0.2.0: its signing key has changed: it is signed with SHA256:<1> (ada@example.com), seen now for the first time; so far it was SHA256:<0> (ada@example.com), first seen <time> at <ada> (refunds) with v0.1.0
                hint: ask its publisher, not by the same way, whether this is right; if it is, run `amx trust add ada@example.com SHA256:<1> --capsule refunds`, then do this again
                [exit 5]
                $ amx pull -q
                error: cannot fetch refunds: release v0.2.0: its signing key has changed: it is signed with SHA256:<1> (ada@example.com), first seen <time> at <ada> (refunds) with v0.2.0; so far it was SHA256:<0> (ada@example.com), first seen <time> at <ada> (refunds) with v0.1.0
                hint: ask its publisher, not by the same way, whether this is right; if it is, run `amx trust add ada@example.com SHA256:<1> --capsule refunds`, then do this again
                [exit 5]
                $ amx trust list
                ada@example.com  SHA256:<0>  first-use, refunds only  seen <time> at <ada> (refunds)
                ada@example.com  SHA256:<1>  refused, refunds only    seen <time> at <ada> (refunds)
                $ amx trust add ada@example.com SHA256:<1> --capsule refunds
                ada@example.com is trusted with SHA256:<1> (releases of refunds)
                $ amx pull -q
                $ amx verify refunds@v0.2.0
                ok  refunds@v0.2.0  sha256:<digest>  signed by ada@example.com (SHA256:<1>)

                """)
        #expect(try Tool.git(["for-each-ref"], in: grace.repository("refunds")) != before)
        try grace.check("refunds")
    }

    @Test func anUnknownKeyBesideAnAllowedOneIsRefusedFromTheStart() throws {
        let (ada, grace) = try pair()
        let allowed = ada.home.appending(".config/amx/keys/signing.pub")
        try grace.json("trust", "add", "ada@example.com", allowed, "--user")
        let other = try #require(try ada.json("key", "new", "other")["path"].string)
        try ada.json("config", "user.signingKey", other)
        try publish(ada, "0.1.0", "0.2.0", "--sign")
        try grace.fails(5, "pull", "refunds", saying: "which nobody has allowed, and release v0.1.0 by ada@example.com")
        #expect(!FileManager.default.fileExists(atPath: grace.repository("refunds")))
        try ada.json("commit", "-m", "All")
        try grace.fails(5, "clone", ada.directory, "\(grace.directory)-copy", saying: "which nobody has allowed")
        try grace.json("trust", "add", "ada@example.com", "\(other).pub", "--user")
        try grace.json("pull", "refunds")
        #expect(try grace.json("verify", "refunds@v0.2.0")["results"][0]["signature"]["trust"].string == "allowed")
    }

    @Test func aRefusedKeyChangesNothing() throws {
        let (ada, grace) = try pair()
        try grace.json("pull", "refunds")
        try ada.json("config", "user.signingKey", try #require(try ada.json("key", "new", "other")["path"].string))
        try publish(ada, "0.1.0", "0.2.0", "--sign")
        let before = try Tool.git(["for-each-ref"], in: grace.repository("refunds"))
        try grace.fails(5, "pull")
        #expect(try Tool.git(["for-each-ref"], in: grace.repository("refunds")) == before)
        #expect(try Tool.git(["count-objects", "-v"], in: grace.repository("refunds")).contains("packs: 1"))
        // A thief has no use for another name.
        let thief = try AmxTool("Mallory").workspace(remote: ada.directory)
        try thief.json("pull", "refunds")
        try thief.json("edit", "refunds")
        try thief.json("key", "new")
        try publish(thief, "0.2.0", "0.3.0", "--sign")
        try grace.json("remote", "set-url", "origin", thief.directory)
        try grace.fails(5, "pull", saying: "its signing key has changed")
        // Forgotten, the next key counts as the first one.
        try grace.json("trust", "remove", "ada@example.com", "--capsule", "refunds")
        try grace.json("pull")
        #expect(try grace.json("trust", "list")["known"].array.count >= 2)
    }

    @Test func anAllowedSignerMayChangeKeys() throws {
        let (ada, grace) = try pair()
        let text = try transcript(
            grace, [try fingerprint(ada)], ada,
            ["trust", "add", "ada@example.com", ada.home.appending(".config/amx/keys/signing.pub"), "-q"],
            ["trust", "add", "ada@example.com", ada.home.appending(".config/amx/keys/signing"), "-q"],
            ["trust", "add", "ada@example.com", "SHA256:nobody"], ["trust", "add", "a b", "nowhere"],
            ["trust", "add", "ada example", ada.home.appending(".config/amx/keys/signing.pub"), "--namespaces", "a\"b"])
        #expect(
            text.contains("hint: this is a private key: name the .pub file beside it, and keep this one to yourself"))
        #expect(text.contains("error: no key SHA256:nobody has been seen here"))
        #expect(text.contains("there is no such file\nhint: give a .pub file"))
        #expect(text.contains("error: cannot trust 'ada example': an allowed-signers file cannot hold this"))
        try grace.json("pull", "refunds")
        #expect(try grace.json("trust", "list")["known"][0]["standing"].string == "allowed")
        try grace.json("verify", "refunds", "--require-signed")
        let made = try ada.json("key", "new", "other")
        try ada.json("config", "user.signingKey", try #require(made["path"].string))
        try publish(ada, "0.1.0", "0.2.0", "--sign")
        try grace.fails(5, "pull")
        try grace.json("trust", "add", "ada@example.com", try #require(made["publicKey"].string))
        try grace.json("pull")
        try grace.json("verify", "refunds", "--require-signed")
        // Both keys are hers; without the lists neither is anybody's.
        #expect(try grace.json("trust", "remove", "ada@example.com")["removed"].array.count == 4)
        try grace.fails(3, "trust", "remove", "ada@example.com")
        #expect(try grace.json("verify", "refunds@v0.2.0")["results"][0]["signature"]["state"].string == "untrusted")
        try grace.fails(5, "verify", "refunds@v0.2.0", "--require-signed", saying: "nobody has said whose key that is")
    }

    @Test func aPolicyRefusesWhatIsNotSigned() throws {
        let (ada, grace) = try pair()
        try grace.json("config", "--global", "policy.requireSigned", "refs/tags/v*")
        try grace.fails(7, "pull", "refunds", saying: "nobody has said whose key that is")
        #expect(try grace.run("status").text.contains("v0.1.0") == false)
        try grace.json("trust", "add", "ada@example.com", ada.home.appending(".config/amx/keys/signing.pub"), "--user")
        try grace.json("pull", "refunds")
        try publish(ada, "0.1.0", "0.2.0")
        try grace.fails(7, "pull", saying: "release v0.2.0 is not signed")
        try grace.json("config", "policy.requireSigned", "refs/heads/main")
        try publish(ada, "0.2.0", "0.3.0", "--sign")
        try grace.fails(7, "pull", saying: "is not signed, and refs/heads/main must be signed by a trusted key")
        try grace.json("config", "policy.requireSigned", "heads")
        try grace.fails(1, "fetch", saying: "fits no reference")
    }

    @Test func verifyingSaysOfEachWhatIsMissing() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.json("release", "refunds")
        try user.json("config", "policy.requireSigned", "refs/tags/v*")
        let outcome = try user.fails(5, "verify", "refunds", saying: "refs/tags/v0.1.0 must be signed by a trusted key")
        let lines = outcome.text.split(separator: "\n")
        #expect(lines.count == 2 && !lines[0].contains("not signed"), "\(outcome.text)")
        #expect(
            lines.last?.hasPrefix("FAILED") == true, "\(outcome.text)")
        #expect(lines.last?.hasSuffix("  not signed") == true, "\(outcome.text)")
        // What is released cannot be signed any more.
        #expect(outcome.errors.contains("what is there never changes: sign the next one"), "\(outcome.errors)")
        try user.json("key", "new", "--no-passphrase")
        try user.fails(6, "release", "refunds", "--sign")
    }

    @Test func aPolicyHoldsForWhatIsPushedHere() throws {
        let (ada, grace) = try pair()
        try grace.json("config", "policy.requireSigned", "refs/*")
        try ada.json("remote", "add", "origin", grace.directory)
        try ada.fails(7, "push", saying: "must be signed by a trusted key")
        try grace.json("trust", "add", "ada@example.com", ada.home.appending(".config/amx/keys/signing.pub"))
        try ada.fails(7, "push", saying: "is not signed, and refs/heads/main must be signed")
        #expect(
            try Tool.git(["for-each-ref", "--format=%(refname)"], in: grace.repository("refunds")) == "refs/tags/v0.1.0"
        )
    }

    @Test func aBadSignatureIsRefusedAtEveryDoor() throws {
        let (ada, grace) = try pair()
        let repository = ada.repository("refunds")
        let tag = try Tool.git(["cat-file", "tag", "v0.1.0"], in: repository)
        let forged = Array("\(tag.replacing("Release 0.1.0", with: "Release O.1.0"))\n".utf8)
        let id = try Tool.git(["hash-object", "-t", "tag", "-w", "--stdin"], in: repository, input: forged)
        try Tool.git(["update-ref", "refs/tags/v0.1.0", id], in: repository)
        try ada.fails(5, "verify", "refunds", saying: "its signature does not fit its content")
        try grace.fails(5, "pull", "refunds", saying: "its signature does not fit its content")
        try ada.json("remote", "add", "origin", grace.directory)
        try ada.fails(5, "push", saying: "its signature does not fit its content")
        let moved = try Tool.git(["rev-parse", "v0.1.0"], in: repository)
        #expect(moved == id)
    }

    @Test func damagedTrustIsNoTrust() throws {
        let (ada, grace) = try pair()
        let allowed = "\(grace.directory)/.aimatrix/allowed_signers"
        try "ada@example.com ssh-ed25519 AAAA\n".write(toFile: allowed, atomically: true, encoding: .utf8)
        try grace.fails(1, "pull", "refunds", saying: "line 1")
        try FileManager.default.removeItem(atPath: allowed)
        try grace.json("pull", "refunds")
        let known = "\(grace.directory)/.aimatrix/known_signers"
        try "{}".write(toFile: known, atomically: true, encoding: .utf8)
        try publish(ada, "0.1.0", "0.2.0", "--sign")
        try grace.fails(1, "pull", saying: "known_signers: it is damaged")
        try grace.json("config", "gpg.ssh.allowedSignersFile", "~/nowhere")
        try grace.fails(1, "verify", "refunds", saying: "gpg.ssh.allowedSignersFile names ")
    }
}
