import Objects
import TestSupport
import Testing

@testable import Capsules

/// What a policy of signatures makes of a workspace's event chains.
@Suite struct EventSignatureTests {
    private let history: CapsuleHistory
    private let fixture: SigningFixture
    private static let chain = "refs/amx/events/" + String(repeating: "a", count: 32)

    init() throws {
        history = try CapsuleHistory()
        fixture = try SigningFixture(keys: ["ada", "eve"])
        try history.folder.write("work/amx.json", text: "{\"name\": \"team\"}\n")
        try history.folder.write("work/amx.lock", text: "{\n  \"capsules\": [],\n  \"schema\": 1\n}\n")
        try Tool.git(["add", "-A"], in: history.path)
    }

    /// A commit of the workspace on `main`; nil signs nothing.
    private func commit(signedBy key: String?) throws -> ObjectID {
        let options = key.map { fixture.settings($0) } ?? []
        let sign = key == nil ? [] : ["-S"]
        try Tool.git(options + ["commit", "-q", "--allow-empty", "-m", "Change"] + sign, in: history.path)
        return try history.resolve("HEAD")
    }

    private func batch(_ message: String, after parent: ObjectID?, signedBy key: String?) throws -> ObjectID {
        let tree = try Tool.git(["mktree"], in: history.path)
        let options = key.map { fixture.settings($0) } ?? []
        let rest = (key == nil ? [] : ["-S"]) + (parent.map { ["-p", $0.hex] } ?? []) + ["-m", message, tree]
        return try #require(ObjectID(hex: Tool.git(options + ["commit-tree"] + rest, in: history.path)))
    }

    /// What a push of some references comes to; what is let in is published.
    private func push(
        _ changes: [String: ObjectID], requiring patterns: [String]
    ) throws -> [String: AmxError] {
        var allowed = AllowedSigners()
        try allowed.add(Array(fixture.line("ada@x.org", "ada").utf8), from: "allowed")
        let signatures = try SignaturePolicy(requiring: patterns, by: TrustedSigners(allowed: allowed))
        let snapshot = try history.target.refs.snapshot()
        let updates = try changes.map { name, id in
            RefUpdate(try #require(RefName(name)), expected: .any, new: id)
        }
        let refusals = try history.offered(Array(changes.values), publish: true) { incoming in
            IncomingPolicy(incoming, of: try CapsuleID("team"), signatures: signatures)
                .refusals(of: updates, in: snapshot)
        }
        try history.target.refs.commit(updates.filter { refusals[$0.name] == nil })
        return Dictionary(uniqueKeysWithValues: refusals.map { ($0.key.string, $0.value) })
    }

    struct Case: Sendable {
        let patterns: [String]
        let main: String?
        let chain: String?
        /// The references that are refused.
        let refused: Set<String>
    }

    @Test(arguments: [
        Case(patterns: [], main: nil, chain: nil, refused: []),
        Case(patterns: ["refs/*"], main: "ada", chain: "ada", refused: []),
        Case(patterns: ["refs/*"], main: "ada", chain: nil, refused: [chain]),
        Case(patterns: ["*"], main: "ada", chain: "eve", refused: [chain]),
        Case(patterns: ["refs/heads/*", "refs/tags/*"], main: "ada", chain: nil, refused: []),
        Case(patterns: ["refs/amx/events/*"], main: nil, chain: nil, refused: [chain]),
        Case(patterns: ["refs/amx/events/*"], main: nil, chain: "ada", refused: []),
        // Nothing says what the repository is: then it takes no chain either.
        Case(patterns: ["refs/*"], main: nil, chain: "ada", refused: ["refs/heads/main", chain]),
    ])
    func chainsFallUnderRulesThatNameThem(_ test: Case) throws {
        let main = try commit(signedBy: test.main)
        let first = try batch("1", after: nil, signedBy: test.chain)
        let refusals = try push(["refs/heads/main": main, Self.chain: first], requiring: test.patterns)
        #expect(Set(refusals.keys) == test.refused, "\(refusals)")
        #expect(refusals.values.allSatisfy { $0.code == .denied })
    }

    @Test func eachNewBatchMustBeSigned() throws {
        let first = try batch("1", after: nil, signedBy: nil)
        _ = try push(["refs/heads/main": commit(signedBy: nil), Self.chain: first], requiring: [])
        // What was there before the rule is there.
        let second = try batch("2", after: first, signedBy: "ada")
        #expect(try push([Self.chain: second], requiring: ["refs/amx/events/*"]).isEmpty)
        let third = try batch("3", after: second, signedBy: nil)
        let fourth = try batch("4", after: third, signedBy: "ada")
        let error = try #require(try push([Self.chain: fourth], requiring: ["refs/amx/events/*"])[Self.chain])
        #expect(error.message.contains("commit \(third.abbreviated) is not signed, and \(Self.chain) must be signed"))
        #expect(error.hint?.contains("rules for refs/heads/* and refs/tags/* leave them out") == true)
        #expect(try history.target.refs.snapshot()[#require(RefName(Self.chain))]?.id == second)
    }

    /// A chain that need not be signed brings nothing into a branch that must be.
    @Test func aChainIsNoWayIntoABranch() throws {
        let rules = ["refs/heads/*"]
        let main = try commit(signedBy: "ada")
        let unsigned = try commit(signedBy: nil)
        #expect(try push(["refs/heads/main": main, Self.chain: unsigned], requiring: rules).isEmpty)
        #expect(try push(["refs/heads/main": unsigned], requiring: rules)["refs/heads/main"]?.code == .denied)
    }
}
