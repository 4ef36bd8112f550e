import Objects
import TestSupport
import Testing

@testable import Capsules

/// What a policy of signatures makes of refs that would change.
@Suite struct SignaturePolicyTests {
    private let history: CapsuleHistory
    private let fixture: SigningFixture

    init() throws {
        history = try CapsuleHistory()
        fixture = try SigningFixture(keys: ["ada", "eve"])
        try history.commit()
    }

    private func signers(known: [KnownSigner] = []) throws -> TrustedSigners {
        var allowed = AllowedSigners()
        try allowed.add(Array(fixture.line("ada@x.org", "ada").utf8), from: "allowed")
        return TrustedSigners(allowed: allowed, known: known)
    }

    private func sign(_ name: String, with key: String) throws -> ObjectID {
        try Tool.git(fixture.settings(key) + ["tag", "-f", "-s", "-m", "Release", name], in: history.path)
        return try history.resolve("refs/tags/\(name)")
    }

    private func verdict(
        _ name: String, _ id: ObjectID, capsule: String = "a.b", requiring: [String] = ["refs/tags/v*"],
        known: [KnownSigner] = []
    ) throws -> AmxError? {
        let signatures = try SignaturePolicy(requiring: requiring, by: signers(known: known))
        let snapshot = try history.target.refs.snapshot()
        let ref = try #require(RefName(name))
        return try history.offered([id]) { incoming in
            let policy = IncomingPolicy(incoming, of: try CapsuleID(capsule), signatures: signatures)
            do throws(AmxError) {
                try policy.check(RefUpdate(ref, expected: .any, new: id), in: snapshot)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func onlyTrustedReleases() throws {
        #expect(try verdict("refs/tags/v1.0.0", sign("v1.0.0", with: "ada")) == nil)
        #expect(try verdict("refs/tags/v1.0.0", sign("v1.0.0", with: "eve"))?.code == .denied)
        #expect(try verdict("refs/tags/v1.0.0", sign("v1.0.0", with: "eve"), requiring: []) == nil)
        #expect(try verdict("refs/tags/v1.0.0", history.tag("v1.0.0"))?.code == .denied)
        #expect(try verdict("refs/tags/v1.0.0", history.tag("v1.0.0"), requiring: ["refs/heads/*"]) == nil)
    }

    @Test func aSignedReleaseCannotBeMoved() throws {
        let tag = try sign("v1.0.0", with: "ada")
        // To another name, another capsule, other content of the same version.
        #expect(try verdict("refs/tags/v1.0.1", tag)?.code == .verification)
        #expect(try verdict("refs/tags/v1.0.0", tag, capsule: "c.d") != nil)
        let text = try Tool.git(["cat-file", "tag", "v1.0.0"], in: history.path)
        let old = try history.resolve("HEAD")
        let other = try history.commit(message: "Other")
        let moved = text.replacing(old.hex, with: other.hex) + "\n"
        let id = try Tool.git(
            ["hash-object", "-t", "tag", "-w", "--stdin"], in: history.path, input: Array(moved.utf8))
        let error = try verdict("refs/tags/v1.0.0", ObjectID(hex: id) ?? .zero, requiring: [])
        #expect(error?.code == .verification)
        #expect(error?.message.contains("does not fit its content") == true)
    }

    @Test func aFirstUseIsNotEnoughForAPolicyAndAnotherKeyIsBad() throws {
        func known(_ key: String, _ standing: KnownSigner.Standing) throws -> KnownSigner {
            KnownSigner(
                capsule: try CapsuleID("a.b"), key: try fixture.key(key), principal: "eve@x.org", release: "v0.1.0",
                place: "there", time: 0, standing: standing)
        }
        let tag = try sign("v1.0.0", with: "eve")
        #expect(try verdict("refs/tags/v1.0.0", tag, known: [known("eve", .firstUse)])?.code == .denied)
        #expect(try verdict("refs/tags/v1.0.0", tag, requiring: [], known: [known("eve", .firstUse)]) == nil)
        #expect(try verdict("refs/tags/v1.0.0", tag, known: [known("eve", .pinned)]) == nil)
        #expect(try verdict("refs/tags/v1.0.0", tag, known: [known("eve", .allowed)])?.code == .denied)
        #expect(try verdict("refs/tags/v1.0.0", tag, known: [known("eve", .refused)])?.code == .denied)
        let changed = try verdict("refs/tags/v1.0.0", tag, requiring: [], known: [known("ada", .firstUse)])
        #expect(changed?.code == .verification)
        #expect(changed?.message.contains("its signing key has changed") == true)
    }

    @Test(arguments: [
        ("refs/tags/v*", "refs/tags/v1.0.0", true), ("refs/tags/v1*", "refs/tags/v2.0.0", false),
        ("refs/*", "refs/heads/a/b", true), ("refs/heads/main", "refs/heads/main2", false), ("*", "refs/heads/x", true),
    ])
    func patterns(pattern: String, name: String, expected: Bool) throws {
        let policy = try SignaturePolicy(requiring: [pattern])
        #expect(policy.requires(try #require(RefName(name))) == expected)
    }
}
