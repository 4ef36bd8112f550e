import Objects
import TestSupport
import Testing

@testable import Capsules

@Suite struct AllowedSignersTests {
    private let message = Array("a message\n".utf8)
    /// 2026-01-01T00:00:00Z, and the same as OpenSSH writes it.
    private let time: Int64 = 1_767_225_600

    private func signers(_ text: String) throws -> AllowedSigners {
        var signers = AllowedSigners()
        try signers.add(Array(text.utf8), from: "allowed")
        return signers
    }

    /// The verdict of both on a line, where `KEY` is the signer's and `OTHER` somebody else's.
    @Test(arguments: [
        ("ada@x.org KEY", true), ("ada@x.org OTHER", false), ("*@x.org KEY", true), ("*,!ada@* KEY", false),
        ("bob@x.org,ada@x.org KEY", true), ("bob@x.org KEY", false), ("a?a@x.org KEY", true),
        ("\"ada@x.org\" KEY", true), ("ada@x.org namespaces=\"git\" KEY", true),
        ("ada@x.org namespaces=\"file\" KEY", false), ("ada@x.org namespaces=\"file,git\" KEY", true),
        ("ada@x.org namespaces=\"g*\" KEY", true), ("ada@x.org NAMESPACES=\"git\" KEY", true),
        ("ada@x.org valid-after=\"20250101Z\" KEY", true), ("ada@x.org valid-after=\"20260102Z\" KEY", false),
        ("ada@x.org valid-before=\"20260102Z\" KEY", true), ("ada@x.org valid-before=\"20251231Z\" KEY", false),
        ("ada@x.org valid-after=\"202512312359Z\",valid-before=\"20260101000001Z\" KEY", true),
        ("ada@x.org namespaces=\"git\",valid-before=\"20251231Z\" KEY", false),
        ("# comment\n\nada@x.org KEY a comment", true), ("ada@x.org KEY\r", true),
        ("ada@x.org OTHER\nada@x.org KEY", true), ("  ada@x.org\t KEY", true),
        ("ada@x.org valid-before=\"20251231Z\" KEY\nada@x.org KEY", true),
    ])
    func agreesWithSSHKeygen(line: String, expected: Bool) throws {
        let fixture = try SigningFixture(keys: ["ada", "bob"])
        let armour = try fixture.sign(message, with: "ada")
        let text =
            line.split(separator: "KEY", omittingEmptySubsequences: false).joined(
                separator: try fixture.key("ada").line
            ).split(separator: "OTHER", omittingEmptySubsequences: false).joined(separator: try fixture.key("bob").line)
            + "\n"
        let verdict = TrustedSigners(allowed: try signers(text)).judge(armour, of: message, as: .commit, at: time)
        let isHers = try signers(text).entries.contains { $0.signer.principals.matches("ada@x.org") }
        #expect((verdict.state == .good && isHers) == expected)
        if !expected, verdict.state != .good { #expect(verdict.state == .untrusted) }
        #expect(try fixture.isAllowed(armour, of: message, by: "ada@x.org", file: text) == expected)
    }

    /// Lines that ssh-keygen passes over, or takes for less than was meant, are errors here.
    @Test(arguments: [
        "ada@x.org", "ada@x.org namespaces=git KEY", "ada@x.org namespace=\"git\" KEY", "ada@x.org cert-authority KEY",
        "ada@x.org valid-after=\"2025\" KEY", "ada@x.org valid-after=\"20250230Z\" KEY", "ada@x.org ssh-ed25519 AAAA",
        "ada@x.org valid-after=\"20260101Z\",valid-before=\"20250101Z\" KEY", "!bob@x.org KEY", "a,,b KEY",
        "ada@x.org namespaces=\"git\",namespaces=\"file\" KEY", "ada@x.org \"KEY", "ada@x.org namespaces=\"git\" ",
        "ada@x.org ssh-rsa ED25519",
    ])
    func refusesALineThatCannotBeUsed(line: String) throws {
        let fixture = try SigningFixture()
        let key = try fixture.key("ada").line
        let text = line.split(separator: "KEY", omittingEmptySubsequences: false).joined(separator: key)
            .split(separator: "ED25519", omittingEmptySubsequences: false).joined(
                separator: String(key.split(separator: " ")[1]))
        do {
            _ = try signers("# one\n\(text)\n")
            Issue.record("\(line) was taken")
        } catch let error as AmxError {
            #expect(error.code == .failure)
            #expect(error.message.contains("allowed: line 2"))
        }
    }

    @Test func aRevokedKeyIsBad() throws {
        let fixture = try SigningFixture()
        var allowed = try signers(fixture.line("ada@x.org", "ada"))
        try allowed.revoke(Array("# stolen\n\(try fixture.key("ada").line)\n".utf8), from: "revoked")
        let armour = try fixture.sign(message, with: "ada")
        #expect(TrustedSigners(allowed: allowed).judge(armour, of: message, as: .commit, at: time).state == .bad)
        #expect(throws: AmxError.self) { try allowed.revoke(Array("SSHKRL\n".utf8), from: "revoked") }
    }

    @Test(arguments: [
        ("20260101Z", 1_767_225_600), ("202601010001Z", 1_767_225_660), ("20260101000102Z", 1_767_225_662),
        ("19700101Z", 0), ("20240229Z", 1_709_164_800),
    ])
    func readsTimes(text: String, seconds: Int64) {
        #expect(UTCTime.seconds(of: text) == seconds)
        #expect(UTCTime.seconds(of: UTCTime.compact(seconds)) == seconds)
    }

    @Test(arguments: [
        "", "2026", "20260101T", "2026-01-01", "20261301Z", "20260230Z", "20260101250000Z", "2026010100Z",
    ])
    func refusesTimes(text: String) { #expect(UTCTime.seconds(of: text) == nil) }

    @Test func patternsTakeTimeOfTheirProductOnly() {
        let name = Array(repeating: UInt8(ascii: "a"), count: 2_000)
        let pattern = Array(String(repeating: "*a", count: 500).utf8) + [UInt8(ascii: "b")]
        #expect(!SignerPattern.matches(name, pattern))
    }
}
