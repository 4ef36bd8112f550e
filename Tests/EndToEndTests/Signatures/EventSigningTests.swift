import Foundation
import TestSupport
import Testing

/// Event chains that are signed, as users meet them: `events.sign`, `amx audit --require-signed`.
@Suite(.onTestThreads) struct EventSigningTests {
    private func release(_ user: AmxTool, _ id: String) throws {
        try user.json("new", id)
        try user.json("commit", id, "-m", "Start", "--no-sign")
        try user.json("release", id, "--no-sign")
    }

    @Test func aSignedChainIsHeldAgainstWhoIsTrusted() throws {
        let user = try AmxTool()
        let shared = user.home.appending("shared")
        try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
        let work = try user.workspace("work", remote: shared)
        let keys = try SigningKeys("k")
        try work.json("config", "user.signingKey", keys.folder.appending("k"))
        try work.json("config", "commit.gpgSign", "true")
        try release(work, "one")
        try work.json("events", "--fold")
        let audit = try work.json("audit")
        #expect(audit["signatures"]["untrusted"].int == 1 && audit["signatures"]["none"].int == 0, "\(audit)")
        #expect(audit["signing"]["wanted"].bool == true && audit["signing"]["problem"] == .null)
        #expect(try work.run("audit").text.contains("1 of 1 batch is signed"))
        try work.fails(5, "audit", "--require-signed", saying: "nobody has said whose key that is")
        try work.json("trust", "add", "ada@example.com", keys.folder.appending("k.pub"))
        #expect(try work.json("audit", "--require-signed")["signatures"]["good"].int == 1)
        // It travels, and others hold it against whom they trust.
        try work.json("commit", "-m", "All")
        try work.json("push")
        try user.json("clone", "\(shared)/work.git", user.home.appending("copy"))
        let copy = user.at(user.home.appending("copy"))
        #expect(try copy.json("audit")["findings"] == .array([]))
        // One batch that is not signed.
        try work.json("config", "events.sign", "false")
        try release(work, "two")
        try work.json("events", "--fold")
        #expect(try work.json("audit")["findings"] == .array([]))
        let required = try work.run("audit", "--require-signed", "--json")
        #expect(required.status == 5)
        let findings = try JSONNode(required.output)["findings"].array
        #expect(findings.map { $0["kind"].string } == ["unsigned"])
    }

    /// Events wait for nobody's passphrase, not even where somebody could type it.
    @Test func aPassphraseIsNeverAskedFor() throws {
        let work = try AmxTool().workspace()
        let path = work.home.appending("k")
        let made = try Tool.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-C", "k", "-f", path])
        try #require(made.status == 0)
        try work.json("config", "user.signingKey", path)
        try work.json("config", "events.sign", "true")
        try release(work, "one")
        let folded = try work.onTerminal(["events", "--fold"], environment: ["SSH_AUTH_SOCK": "", "KEYS": ""])
        #expect(folded.status == 0 && !folded.text.contains("assphrase"), "\(folded.text)")
        let audit = try work.run("audit")
        #expect(audit.status == 0 && audit.text.contains("0 of 1 batch is signed"), "\(audit.text)")
        #expect(audit.errors.contains("events cannot be signed now: ") && audit.errors.contains("passphrase"))
        #expect(try work.json("audit")["signing"]["problem"].string?.contains("passphrase") == true)
        try work.fails(5, "audit", "--require-signed", saying: "it is not signed")
    }
}
