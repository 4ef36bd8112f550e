import Objects
import TestSupport
import Testing

/// Trailers, against `git interpret-trailers`.
struct TrailersTests {
    static let table: [String] = [
        "s\n\nKey: value\n", "s\n\nKey: value", "s\n", "", "\n\n", "Key: value\n", "s\n\nbody\n\nKey: a\nKey: b\n",
        "s\n\nbody text\nKey: a\n", "s\n\nKey: a\n\nmore body\n", "s\n\nkey:    a   \nKEY:b\nKey : c\n",
        "s\n\nKey: a\n  folded\n\tmore\nOther: b\n", "s\n\nKey-2: a\nK_y: b\nKey: c\n", "s\n\nKey:\nOther: x\n",
        "s\r\n\r\nKey: a\r\n", "s\n\nSigned-off-by: A <a@x>\nnot one\nKey: a\n",
        "s\n\nnot one\nnot two\nnot three\nnot four\nSigned-off-by: A <a@x>\nKey: a\n",
        "s\n\n(cherry picked from commit 12)\nKey: a\n", "s\n\n: a\nKey: b\n", "s\n\nKey: é: 🙂\n",
        "s\n\nhttp://example.com\n", "s\n\nKey: a\n\n\n\n", "s\n\n  Key: a\n", "s\n \nKey: a\n", "s\n\nKey : a\n",
        "s\n\nK ey: a\nKey: b\n", "s\n\nKey=a\nKey: b\n", "s\n\n-----BEGIN CERTIFICATE-----\nx\n\nKey: a\n",
        "s\n\nKey: a\n---\nKey: b\n",
    ]

    private func git(_ message: String) throws -> [String] {
        let outcome = try Tool.run(
            "git", ["-c", "core.commentChar=\u{1}", "interpret-trailers", "--parse", "--no-divider"],
            environment: Tool.gitEnvironment, input: Array(message.utf8))
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.text.split(separator: "\n").map(String.init)
    }

    private func expectAgreement(_ message: String) throws {
        let git = try git(message)
        for key in ["Key", "Other", "Key-2", "Signed-off-by", "http"] {
            let expected = git.compactMap { line -> String? in
                guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == key.lowercased() else {
                    return nil
                }
                return String(line[line.index(after: colon)...].drop { $0 == " " })
            }
            #expect(Trailers.values(of: key, in: message) == expected, "\(key) in \(message.debugDescription)")
        }
    }

    @Test(arguments: table)
    func agreesWithGit(message: String) throws { try expectAgreement(message) }

    @Test func randomMessagesAgreeWithGit() throws {
        var random = SeededGenerator(seed: 81)
        let lines = [
            "subject", "", "", "Key: a", "key:b", "Other: c d", " folded", "\tfolded", "body text", "Key-2: x",
            "K y: z",
            "Signed-off-by: A <a@x>", "(cherry picked from commit 1)", "Key:", ":", "http://x",
        ]
        for _ in 0..<250 {
            let count = Int.random(in: 1...9, using: &random)
            let message = (0..<count).compactMap { _ in lines.randomElement(using: &random) }.joined(separator: "\n")
            try expectAgreement(message + (Bool.random(using: &random) ? "\n" : ""))
        }
    }

    @Test(arguments: table)
    func appendingGivesWhatGitGives(message: String) throws {
        let appended = Trailers.append("Capsule-Digest", "sha256:00", to: message)
        #expect(Trailers.values(of: "capsule-digest", in: appended) == ["sha256:00"])
        #expect(try git(appended).contains("Capsule-Digest: sha256:00"), "\(appended.debugDescription)")
        #expect(appended.hasSuffix("Capsule-Digest: sha256:00\n"))
        for key in ["Key", "Other"] {
            #expect(Trailers.values(of: key, in: appended) == Trailers.values(of: key, in: message))
        }
    }

    @Test func aTagsSignatureIsNoPartOfItsMessage() {
        for kind in ["SSH SIGNATURE", "PGP SIGNATURE", "PGP MESSAGE", "SIGNED MESSAGE"] {
            let block = "-----BEGIN \(kind)-----\nKey: forged\n-----END \(kind)-----\n"
            #expect(Trailers.values(of: "Key", in: "s\n\nKey: a\n" + block) == ["a"])
        }
    }
}
