import Foundation
import Objects
import TestSupport
import Testing

@testable import Capsules

/// Tags and commits that git signs are good here, and the other way round; what was tampered with is refused at least where
/// git refuses it.
@Suite struct GitAgreementTests {
    private let fixture: SigningFixture
    private let repository: String
    private let signers: TrustedSigners

    init() throws {
        fixture = try SigningFixture(keys: ["ada", "bob", "eve"])
        let file =
            try fixture.line("ada@x.org", "ada") + fixture.line("bob@x.org", "bob", options: "namespaces=\"file\"")
        try fixture.folder.write("allowed", text: file)
        var allowed = AllowedSigners()
        try allowed.add(Array(file.utf8), from: "allowed")
        signers = TrustedSigners(allowed: allowed)
        repository = fixture.folder.appending("work")
        try Tool.git(["init", "-q", "-b", "main", repository], in: fixture.folder.path)
        try Tool.git(["commit", "-q", "--allow-empty", "-m", "one"], in: repository)
    }

    private func bytes(_ name: String, _ kind: String) throws -> [UInt8] {
        try Tool.run("git", ["cat-file", kind, name], in: repository, environment: Tool.gitEnvironment).output
    }

    private func judge(tag bytes: [UInt8], _ name: String) throws -> SignatureVerdict {
        try signers.judge(release: name, tag: bytes, id: .zero)
    }

    private func gitTakes(_ bytes: [UInt8], _ kind: String) throws -> Bool {
        let id = try Tool.git(
            ["hash-object", "-t", kind, "-w", "--stdin", "--literally"], in: repository, input: bytes)
        let verb = kind == "tag" ? "verify-tag" : "verify-commit"
        return try Tool.run(
            "git", fixture.settings() + [verb, id], in: repository, environment: Tool.gitEnvironment
        ).status == 0
    }

    @Test(arguments: [
        ("ada", SignatureVerdict.State.good), ("bob", .untrusted), ("eve", .untrusted),
    ])
    func readsWhatGitSigns(key: String, expected: SignatureVerdict.State) throws {
        try Tool.git(
            fixture.settings(key) + ["tag", "-s", "-m", "Release\n\nCapsule-Digest: x", "v1.0.0"], in: repository)
        let tag = try bytes("v1.0.0", "tag")
        #expect(try judge(tag: tag, "v1.0.0").state == expected)
        #expect(try judge(tag: tag, "v1.0.1").state == .bad)
        #expect(try gitTakes(tag, "tag") == (expected == .good))
        for message in ["two", "umlaut ä\n\nbody", "\n\nleading", "trailing\n\n"] {
            try Tool.git(
                fixture.settings(key) + ["commit", "-q", "-S", "--allow-empty", "--cleanup=verbatim", "-m", message],
                in: repository)
            let commit = try bytes("HEAD", "commit")
            #expect(try signers.judge(commit: commit, id: .zero).state == expected)
            #expect(try gitTakes(commit, "commit") == (expected == .good))
        }
    }

    @Test func noFlippedBitOfASignedObjectIsGood() throws {
        try Tool.git(fixture.settings() + ["tag", "-s", "-m", "Release", "v1.0.0"], in: repository)
        try Tool.git(fixture.settings() + ["commit", "-q", "-S", "--allow-empty", "-m", "two"], in: repository)
        for kind in ["tag", "commit"] {
            let object = try bytes(kind == "tag" ? "v1.0.0" : "HEAD", kind)
            for bit in 0..<(object.count * 8) {
                var changed = object
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                // One that cannot be read any more is refused by an error.
                let verdict =
                    kind == "tag"
                    ? try? judge(tag: changed, "v1.0.0") : try? signers.judge(commit: changed, id: .zero)
                #expect(verdict?.state != .good, "bit \(bit) of the \(kind)")
            }
        }
    }

    @Test func unsignedObjectsHaveNoSignature() throws {
        try Tool.git(["tag", "-a", "-m", "Release", "v1.0.0"], in: repository)
        #expect(try judge(tag: bytes("v1.0.0", "tag"), "v1.0.0").state == .none)
        #expect(try signers.judge(commit: bytes("HEAD", "commit"), id: .zero).state == .none)
    }

    @Test(arguments: [0, 1, 2, 3])
    func gitReadsWhatIsSignedHere(seed: UInt64) throws {
        let program = SSHKeygen(hasTerminal: false)
        let key = try SigningKey(fixture.folder.appending("ada"))
        let head = try #require(ObjectID(hex: Tool.git(["rev-parse", "HEAD"], in: repository)))
        let tree = try #require(ObjectID(hex: Tool.git(["rev-parse", "HEAD^{tree}"], in: repository)))
        let author = Signature(name: "Ada", email: "ada@x.org", time: 1_767_225_600, offset: 60)
        let text = ["Release", "Zwei\n\nZeilen ä", "a\n\nCapsule-Digest: sha256:00\n", " "][Int(seed)]
        let tag = Tag(target: head, targetKind: .commit, name: "v1.0.0", tagger: author, message: text).encoded
        let signedTag = SignedObject.tag(
            tag, signedBy: try program.sign(tag, for: .git, with: key, in: fixture.folder.path))
        #expect(SignedObject(tag: signedTag) == .ssh(armour: Array(signedTag[tag.count...]), payload: tag))
        #expect(try gitTakes(signedTag, "tag"))
        #expect(try judge(tag: signedTag, "v1.0.0").state == .good)
        let commit = Commit(tree: tree, parents: [head], author: author, committer: author, message: text).encoded
        let armour = try program.sign(commit, for: .git, with: key, in: fixture.folder.path)
        let signed = SignedObject.commit(commit, signedBy: armour)
        #expect(SignedObject(commit: signed) == .ssh(armour: armour, payload: commit))
        #expect(try gitTakes(signed, "commit"))
        #expect(try signers.judge(commit: signed, id: .zero).state == .good)
        #expect(try Commit(parsing: signed, id: .zero) == Commit(parsing: commit, id: .zero))
    }

    /// What is done to a signed tag, the verdict here, and whether git takes it.
    @Test(arguments: [
        ("nothing", SignatureVerdict.State.good, true), ("message changed", .bad, false),
        ("target changed", .bad, false),
        ("text after", .bad, true), ("signature twice", .bad, false), ("unknown block before", .bad, true),
        ("CRLF armour", .bad, false), ("PGP block", .unsupported, false), ("PGP block before", .bad, true),
        ("other namespace", .bad, false), ("signature cut", .bad, false), ("signature of another tag", .bad, false),
        ("expired key", .untrusted, false), ("block removed", .none, false), ("begin in the message", .none, false),
    ])
    func tamperedTags(what: String, expected: SignatureVerdict.State, taken: Bool) throws {
        try Tool.git(fixture.settings() + ["tag", "-s", "-m", "Release", "v1.0.0"], in: repository)
        let tag = try bytes("v1.0.0", "tag")
        guard case .ssh(let armour, let payload) = SignedObject(tag: tag) else {
            Issue.record("not signed")
            return
        }
        let pgp = Array("-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n".utf8)
        let text = String(decoding: tag, as: UTF8.self)
        var changed = tag
        var trust = signers
        switch what {
        case "nothing": break
        case "message changed": changed = Array(Self.replaced(text, "Release", "Rele4se").utf8)
        case "target changed": changed[7] = changed[7] == 0x30 ? 0x31 : 0x30
        case "text after": changed += Array("more\n".utf8)
        case "signature twice": changed += armour
        case "unknown block before":
            let inner = payload + (try fixture.sign(payload, with: "eve"))
            changed = inner + (try fixture.sign(inner, with: "ada"))
        case "CRLF armour": changed = payload + armour.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        case "PGP block": changed = payload + pgp
        case "PGP block before":
            changed = payload + pgp + (try fixture.sign(payload + pgp, with: "ada"))
        case "other namespace": changed = payload + (try fixture.sign(payload, with: "ada", namespace: "file"))
        case "signature cut": changed.removeLast(40)
        case "signature of another tag": changed = Array(Self.replaced(text, "tag v1.0.0", "tag v1.0.1").utf8)
        case "expired key":
            let line = try fixture.line("ada@x.org", "ada", options: "valid-before=\"20200101Z\"")
            try fixture.folder.write("allowed", text: line)
            var allowed = AllowedSigners()
            try allowed.add(Array(line.utf8), from: "allowed")
            trust = TrustedSigners(allowed: allowed)
        case "block removed": changed = payload
        default: changed = payload + Array(" -----BEGIN SSH SIGNATURE-----\n".utf8)
        }
        let name = what == "signature of another tag" ? "v1.0.1" : "v1.0.0"
        #expect(try trust.judge(release: name, tag: changed, id: .zero).state == expected)
        #expect(try gitTakes(changed, "tag") == taken)
    }

    /// What is done to a signed commit, the verdict here, and whether git takes it.
    @Test(arguments: [
        ("nothing", SignatureVerdict.State.good, true), ("message changed", .bad, false), ("header added", .bad, false),
        ("second signature", .bad, true), ("signature first", .good, true), ("text after in the header", .bad, true),
        ("signature for another hash", .unsupported, true), ("armour in the message", .none, false),
    ])
    func tamperedCommits(what: String, expected: SignatureVerdict.State, taken: Bool) throws {
        try Tool.git(fixture.settings() + ["commit", "-q", "-S", "--allow-empty", "-m", "two"], in: repository)
        let commit = try bytes("HEAD", "commit")
        guard case .ssh(let armour, let payload) = SignedObject(commit: commit) else {
            Issue.record("not signed")
            return
        }
        let text = String(decoding: commit, as: UTF8.self)
        var changed = commit
        switch what {
        case "nothing": break
        case "message changed": changed = Array(Self.replaced(text, "two", "tw0").utf8)
        case "header added": changed = Array(Self.replaced(text, "gpgsig ", "x-y z\ngpgsig ").utf8)
        case "second signature": changed = SignedObject.commit(commit, signedBy: armour)
        case "signature first":
            let header = SignedObject.commit([], signedBy: armour)
            changed = header + payload
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            // Git wants the tree first.
            changed = Array("\(lines[0])\n".utf8) + header + payload.dropFirst(lines[0].utf8.count + 1)
        case "text after in the header":
            changed = Array(
                Self.replaced(text, "-----END SSH SIGNATURE-----\n", "-----END SSH SIGNATURE-----\n x\n").utf8)
        case "signature for another hash":
            changed = Array(Self.replaced(text, "gpgsig ", "gpgsig-sha256 abc\ngpgsig ").utf8)
        default: changed = payload + armour
        }
        #expect(try signers.judge(commit: changed, id: .zero).state == expected)
        #expect(try gitTakes(changed, "commit") == taken)
    }

    private static func replaced(_ text: String, _ old: String, _ new: String) -> String {
        guard let range = text.range(of: old) else { return text }
        return text.replacingCharacters(in: range, with: new)
    }
}
