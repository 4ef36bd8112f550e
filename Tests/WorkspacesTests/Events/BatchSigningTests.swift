import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// Batches of events that are signed like commits, and what an audit makes of their signatures.
@Suite struct BatchSigningTests {
    /// A copy of a workspace that has a key, and folds.
    private struct Signed {
        let fixture: EventFixture
        var workspace: Workspace { fixture.workspace }
        var key: String { fixture.base.folder.appending("key") }

        init(passphrase: String = "", settings: [String: String] = ["events.sign": "true"]) throws {
            fixture = try EventFixture()
            let made = try Tool.run(
                "ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "k", "-f", key])
            try #require(made.status == 0)
            try configure(settings.merging(["user.signingKey": key]) { $1 })
        }

        func configure(_ settings: [String: String]) throws {
            for (name, value) in settings {
                try Tool.git(["config", "-f", workspace.configPath, name, value], in: fixture.root)
            }
        }

        func trust() throws {
            let line = String(decoding: try fixture.base.folder.read("key.pub"), as: UTF8.self)
            try fixture.base.folder.write(".aimatrix/allowed_signers", text: "ada@example.com \(line)")
        }

        /// Appends some events and folds them; the commit.
        @discardableResult
        func fold(_ count: Int = 2, from first: Int = 0) throws -> ObjectID {
            try fixture.append(count, from: first)
            return try #require(try fixture.store().fold())
        }

        func kinds(requiringSignatures: Bool = true) throws -> [AuditFinding.Kind] {
            try EventAudit(workspace).run(requiringSignatures: requiringSignatures).findings.map(\.kind)
        }

        func signatures() throws -> [SignatureVerdict.State: Int] { try fixture.audit().signatures }

        func object(_ id: ObjectID) throws -> SignedObject {
            SignedObject(commit: try workspace.files().existingRepository().read(id, as: .commit))
        }
    }

    @Test func aBatchIsSignedSoThatGitCanVerifyIt() throws {
        let signed = try Signed()
        try signed.fold()
        let head = try signed.fold(3, from: 2)
        #expect(try signed.signatures() == [.untrusted: 2])
        #expect(try signed.kinds() == [.untrusted, .untrusted])
        #expect(try signed.kinds(requiringSignatures: false) == [])
        try signed.trust()
        #expect(try signed.signatures() == [.good: 2] && signed.kinds() == [])
        let verified = try Tool.run(
            "git",
            [
                "-c", "gpg.format=ssh", "-c",
                "gpg.ssh.allowedSignersFile=\(signed.fixture.root)/.aimatrix/allowed_signers", "verify-commit",
                head.hex,
            ], in: signed.workspace.filesRepositoryPath, environment: Tool.gitEnvironment)
        #expect(verified.status == 0, "\(verified.errors)")
        #expect(try signed.fixture.git("fsck", "--strict", "--no-dangling") == "")
        #expect(try signed.fixture.events().count == 5)
    }

    /// Who has signed how much of a chain is told, whatever it is worth.
    @Test func theSignersOfAChainAreListed() throws {
        let signed = try Signed()
        try signed.fold()
        try signed.fold(3, from: 2)
        try signed.configure(["events.sign": "false"])
        try signed.fold(1, from: 5)
        func signers() throws -> [ChainReport.Signer] {
            let chains = try signed.fixture.audit().replicas
            #expect(chains.map(\.unsigned) == [1] && chains.map(\.commits) == [3] && chains.map(\.last) == [6])
            return chains.flatMap(\.signers)
        }
        let unknown = try signers()
        #expect(unknown.map(\.state) == [.untrusted] && unknown.map(\.commits) == [2])
        let shown = try Tool.run("ssh-keygen", ["-lf", "\(signed.key).pub"])
        #expect(unknown[0].key.map { shown.text.contains($0) } == true, "\(shown.text)")
        try signed.trust()
        let known = try signers()
        #expect(known.map(\.state) == [.good] && known.map(\.name) == ["ada@example.com"])
        #expect(known[0].key == unknown[0].key)
    }

    /// As commits are, unless the setting of its own says otherwise.
    @Test(arguments: [
        (["commit.gpgSign": "true"], true), (["commit.gpgSign": "true", "events.sign": "false"], false),
        (["events.sign": "true", "commit.gpgSign": "false"], true), ([:], false),
        (["commit.gpgSign": "perhaps"], false),
    ])
    func theSettingsDecide(_ settings: [String: String], _ isSigned: Bool) throws {
        let signed = try Signed(settings: settings)
        let head = try signed.fold()
        #expect(try (signed.object(head) != .unsigned) == isSigned)
        #expect(try signed.kinds() == [isSigned ? .untrusted : .unsigned])
        #expect(try signed.kinds(requiringSignatures: false) == [])
    }

    /// A fold that was cut off before anything told of it makes the same commit again.
    @Test func theSameEventsMakeTheSameCommit() throws {
        let signed = try Signed()
        let first = try signed.fold()
        try signed.fixture.append(3, from: 2)
        let journal = try signed.fixture.base.folder.read(".aimatrix/journal")
        let commit = try #require(try signed.fixture.store().fold())
        #expect(try signed.object(commit) != .unsigned)
        try signed.fixture.git("update-ref", signed.fixture.chain(), first.hex)
        try signed.fixture.base.folder.write(".aimatrix/journal", journal)
        #expect(try signed.fixture.store().fold() == commit)
        try signed.trust()
        #expect(try signed.kinds() == [] && signed.signatures() == [.good: 2])
        #expect(try signed.fixture.events().map(\.sequence) == Array(1...5))
    }

    /// A key that would have to be asked for is not: the events are folded all the same, and the audit says so.
    @Test func nobodyIsAsked() throws {
        let signed = try Signed(passphrase: "secret")
        let head = try signed.fold()
        #expect(try signed.object(head) == .unsigned)
        let report = try signed.fixture.audit()
        #expect(report.findings == [] && report.isLastUnsigned && report.signatures == [.none: 1])
        let obstacle = try #require(BatchSigner.obstacle(in: signed.workspace))
        #expect(obstacle.message.contains("passphrase"), "\(obstacle.message)")
        try signed.configure(["user.signingKey": "/nowhere/key"])
        try signed.fold(1, from: 2)
        #expect(BatchSigner.obstacle(in: signed.workspace)?.message.contains("there is no file") == true)
        try signed.configure(["events.sign": "false"])
        #expect(BatchSigner.obstacle(in: signed.workspace) == nil)
        let left = try? FileManager.default.contentsOfDirectory(atPath: BatchSigner.folder(of: signed.workspace))
        #expect(left ?? [] == [])
    }

    /// A signature that was made for something else, one of a key that counts no more, and one that is gone.
    @Test func whatIsWrongWithASignatureIsFound() throws {
        let signed = try Signed()
        try signed.trust()
        try signed.fold()
        let head = try signed.fold(2, from: 2)
        let forger = EventAuditTests.Forger(fixture: signed.fixture, chain: try signed.fixture.chain())
        try forger.rewrite(author: "Ama") { $0 }
        #expect(try signed.kinds(requiringSignatures: false).contains(.signature))
        #expect(try signed.signatures() == [.good: 1, .bad: 1])
        try signed.fixture.git("update-ref", signed.fixture.chain(), head.hex)
        #expect(try signed.kinds() == [])
        // A chain that was written anew without the signatures.
        let text = try signed.fixture.git("cat-file", "commit", head.hex)
        let bare = text.replacing(#/gpgsig (.|\n)*-----END SSH SIGNATURE-----\n/#, with: "")
        #expect(bare != text)
        let forged = try signed.fixture.git("hash-object", "-t", "commit", "-w", "--stdin", input: "\(bare)\n")
        try signed.fixture.git("update-ref", signed.fixture.chain(), forged)
        #expect(try signed.kinds().contains(.unsigned))
        #expect(try !signed.kinds(requiringSignatures: false).contains(.unsigned))
        try signed.fixture.git("update-ref", signed.fixture.chain(), head.hex)
        try signed.configure(["gpg.ssh.revocationFile": "\(signed.key).pub"])
        #expect(try signed.kinds(requiringSignatures: false) == [.signature, .signature])
    }
}
