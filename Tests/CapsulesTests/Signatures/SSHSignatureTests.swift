import Objects
import TestSupport
import Testing

@testable import Capsules

@Suite struct SSHSignatureTests {
    private let message = Array("a message\n".utf8)

    private func verifies(_ armour: [UInt8], _ message: [UInt8], _ namespace: SSHSignature.Namespace = .git) -> Bool {
        do throws(AmxError) {
            try SSHSignature(armored: armour).verify(message, for: namespace)
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: [nil, "sha256", "sha512"] as [String?])
    func takesWhatSSHKeygenSigns(hash: String?) throws {
        let fixture = try SigningFixture()
        for size in [0, 1, 111, 4096] {
            var generator = SeededGenerator(seed: UInt64(size))
            let message = generator.bytes(size)
            let armour = try fixture.sign(message, with: "ada", hash: hash)
            let signature = try SSHSignature(armored: armour)
            #expect(signature.key == (try fixture.key("ada")))
            #expect(signature.namespace == "git")
            try signature.verify(message, for: .git)
            #expect(!verifies(armour, message, .capsule))
            #expect(!verifies(armour, message + [0]))
        }
    }

    @Test func hasTheFingerprintOfSSHKeygen() throws {
        let fixture = try SigningFixture()
        let listed = try Tool.run("ssh-keygen", ["-l", "-f", fixture.folder.appending("ada.pub")]).text
        #expect(listed.contains(" \(try fixture.key("ada").fingerprint) "))
    }

    @Test func noFlippedBitIsTaken() throws {
        let fixture = try SigningFixture()
        let armour = try fixture.sign(message, with: "ada")
        let body = armour.split(separator: 0x0A).dropFirst().dropLast().flatMap { $0 }
        let blob = try #require(Base64Text.decode(body))
        for bit in 0..<(blob.count * 8) {
            var changed = blob
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            do throws(AmxError) {
                try SSHSignature(blob: changed).verify(message, for: .git)
                Issue.record("bit \(bit) was not noticed")
            } catch {
                #expect(error.code == .verification)
            }
        }
        for bit in 0..<(armour.count * 8) {
            var changed = armour
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!verifies(changed, message), "bit \(bit) of the armour")
        }
        for length in 0..<armour.count { #expect(!verifies(Array(armour.prefix(length)), message)) }
    }

    @Test func everyLengthIsHeldAgainstTheBytes() throws {
        let fixture = try SigningFixture()
        let armour = try fixture.sign(message, with: "ada")
        let blob = try #require(
            Base64Text.decode(armour.split(separator: 0x0A).dropFirst().dropLast().flatMap { $0 }))
        for length in 0..<blob.count {
            #expect(throws: AmxError.self) { try SSHSignature(blob: Array(blob.prefix(length))) }
        }
        for offset in 0..<(blob.count - 4) {
            for value: [UInt8] in [[0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0]] {
                var changed = blob
                changed.replaceSubrange(offset..<(offset + 4), with: value)
                guard changed != blob, let signature = try? SSHSignature(blob: changed) else { continue }
                #expect(throws: AmxError.self) { try signature.verify(message, for: .git) }
            }
        }
        #expect(throws: AmxError.self) { try SSHSignature(blob: blob + [0]) }
    }

    /// Armour that was tampered with: what ssh-keygen refuses is refused, and more.
    @Test(arguments: [
        ("as it is", true), ("text before", false), ("text after", false), ("blank line after", false),
        ("no last newline", false), ("CRLF", false), ("a blank in a line", false), ("an empty line", false),
        ("one line", true), ("no end", false), ("begin twice", false), ("second block", false), ("padding cut", false),
        ("stray bits", false), ("lower-case begin", false),
    ])
    func isAtLeastAsStrictAsSSHKeygen(name: String, expected: Bool) throws {
        let fixture = try SigningFixture()
        let armour = try fixture.sign(message, with: "ada")
        let text = String(decoding: armour, as: UTF8.self)
        var lines = text.split(separator: "\n").map(String.init)
        let body = lines.dropFirst().dropLast().joined()
        switch name {
        case "as it is": break
        case "text before": lines.insert("x", at: 0)
        case "text after", "blank line after": lines.append(name == "text after" ? "x" : "")
        case "no last newline", "CRLF": break
        case "a blank in a line": lines[1].insert(" ", at: lines[1].index(after: lines[1].startIndex))
        case "an empty line": lines.insert("", at: 2)
        case "one line": lines = [lines[0], body, lines[lines.count - 1]]
        case "no end": lines.removeLast()
        case "begin twice": lines.insert(lines[0], at: 0)
        case "second block": lines += lines
        case "padding cut": lines[lines.count - 2] = String(lines[lines.count - 2].dropLast())
        case "stray bits": lines = [lines[0], String(body.dropLast(3)) + "H==", lines[lines.count - 1]]
        default: lines[0] = lines[0].lowercased()
        }
        var changed = lines.joined(separator: name == "CRLF" ? "\r\n" : "\n")
        if name != "no last newline" { changed += name == "CRLF" ? "\r\n" : "\n" }
        let bytes = Array(changed.utf8)
        #expect(verifies(bytes, message) == expected)
        if expected { #expect(try fixture.isTaken(bytes, of: message)) }
    }

    /// Signatures of other keys are neither good nor bad.
    @Test(arguments: ["rsa", "ecdsa"])
    func saysThatOtherKeysAreNotSupported(type: String) throws {
        let fixture = try SigningFixture(keys: [])
        try fixture.makeKey("other", type: type)
        let armour = try fixture.sign(message, with: "other")
        let verdict = TrustedSigners().judge(armour, of: message, as: .commit, at: 0)
        #expect(verdict.state == .unsupported)
        #expect(verdict.key == (try fixture.key("other")))
        #expect(try fixture.isTaken(armour, of: message))
        #expect(!verifies(armour, message))
    }

    /// A security key, played by openssl: flags and counter are part of what it signs.
    @Test(arguments: [(UInt8(1), true), (5, true), (0, false), (4, false)])
    func takesATouchedSecurityKey(flags: UInt8, expected: Bool) throws {
        let fixture = try SigningFixture(keys: [])
        let key = try SecurityKeyModel(fixture.folder)
        let armour = try key.sign(message, flags: flags)
        #expect(verifies(armour, message) == expected)
        #expect(!verifies(armour, message + [1]))
        #expect(try fixture.isTaken(armour, of: message))
        #expect(!verifies(try key.sign(message, flags: 1, spoilsCounter: true), message))
    }
}
