import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions

/// The index of a capsule: what is written reads back, and of what others send everything is checked.
@Suite struct ReleaseIndexTests {
    private static func id(_ digit: Character) -> ObjectID {
        ObjectID(hex: String(repeating: digit, count: 40)) ?? .zero
    }

    private static func release(
        _ version: String, _ dependencies: [Dependency] = [], size: UInt64? = 18, amx: VersionConstraint? = nil,
        problem: String? = nil
    ) throws -> Release {
        Release(
            version: try SemanticVersion(parsing: version), tag: id("1"), commit: id("2"), tree: id("3"),
            manifest: id("4"), digest: ContentDigest("sha256:" + String(repeating: "ab", count: 32)),
            dependencies: dependencies, aimatrixVersion: amx, size: size, problem: problem)
    }

    private static func dependency(
        _ kind: Dependency.Kind, _ id: String, _ constraint: String, owner: String? = nil, prerelease: Bool = false
    ) throws -> Dependency {
        Dependency(
            kind: kind, owner: try owner.map { try OwnerName($0) }, id: try CapsuleID(id),
            constraint: try VersionConstraint(parsing: constraint, prerelease: prerelease))
    }

    private static func sample() throws -> ReleaseIndex {
        ReleaseIndex(
            id: try CapsuleID("refunds"), owner: try OwnerName("acme"),
            releases: [
                try release("1.10.0", size: nil, amx: try VersionConstraint(parsing: "^1.0.0", prerelease: true)),
                try release("1.2.0+b", amx: try VersionConstraint(parsing: ">=0.1.0 <2.0.0 || 3.0.0")),
                try release("1.2.0"),
                try release(
                    "1.2.0-rc.1",
                    [
                        dependency(.required, "pricing", "^1.0.0 <1.9.0 || 2.0.0"),
                        dependency(.required, "a.b", "latest", prerelease: true),
                        dependency(.peer, "tax", "=2.0.0", owner: "globex"),
                        dependency(.development, "pricing", "~1.0.0"),
                    ]),
                try release("0.1.0", size: 0, problem: "its manifest is not valid"),
            ],
            yanks: [
                "1.2.0": Yank(time: 1_800_000_000, owner: try OwnerName("acme"), reason: "loses \"refunds\""),
                "9.0.0": Yank(time: 0),
            ])
    }

    @Test func readsBackWhatItWrites() throws {
        let index = try Self.sample()
        let bytes = try index.encoded()
        let read = try ReleaseIndex.parse(bytes, of: index.id, owner: index.owner)
        #expect(read == index)
        #expect(try read.encoded() == bytes)
        #expect(read.releases.map(\.version.text) == ["0.1.0", "1.2.0-rc.1", "1.2.0", "1.2.0+b", "1.10.0"])
        #expect(read.releases.map(\.isYanked) == [false, false, true, false, false])
        #expect(read.releases.map(\.dependencies.count) == [0, 4, 0, 0, 0])
        #expect(read.releases[1].dependencies[1].constraint.prerelease)
        #expect(
            read.releases.map { $0.aimatrixVersion?.description } == [
                nil, nil, nil, ">=0.1.0 <2.0.0 || =3.0.0", "^1.0.0",
            ])
        #expect(read.releases.map { $0.aimatrixVersion?.prerelease } == [nil, nil, nil, false, true])
        #expect(read.releases.map(\.size) == [0, 18, 18, 18, nil])
        #expect(read.yanks == ["1.2.0": Yank(time: 1_800_000_000, reason: "loses \"refunds\"")])
    }

    /// The bytes themselves, as another program reads them.
    @Test func isCanonicalJSON() throws {
        let folder = try TemporaryDirectory("amx-index")
        let bytes = try Self.sample().encoded()
        let file = try folder.write("index.json", bytes)
        let outcome = try Tool.run(
            "python3",
            [
                "-c",
                """
                import json, sys
                text = open(sys.argv[1], encoding="utf-8").read()
                index = json.loads(text)
                assert json.dumps(index, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text
                print(index["schema"], index["id"], index["owner"], index["repository"])
                for r in index["releases"]: print(r["version"], r.get("size"), r["dependencies"], r.get("yanked"), r.get("problem"))
                """, file,
            ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.text == """
                1 refunds acme acme/refunds.git
                0.1.0 0 {} None its manifest is not valid
                1.2.0-rc.1 18 {'dependencies': [{'constraint': '^1.0.0 <1.9.0 || =2.0.0', 'id': 'pricing'}, {'constraint': 'latest', 'id': 'a.b', 'prerelease': True}], 'devDependencies': [{'constraint': '~1.0.0', 'id': 'pricing'}], 'peerDependencies': [{'constraint': '=2.0.0', 'id': 'tax', 'owner': 'globex'}]} None None
                1.2.0 18 {} {'at': '2027-01-15T08:00:00Z', 'reason': 'loses "refunds"'} None
                1.2.0+b 18 {} None None
                1.10.0 None {} None None

                """)
    }

    /// A constraint that fits a manifest, but not as it is printed.
    @Test func aConstraintThatCannotBePrintedIsAProblem() throws {
        let long = String(repeating: "1.0.0||", count: 140) + "1.0.0"
        let index = ReleaseIndex(
            id: try CapsuleID("x"), owner: try OwnerName("acme"),
            releases: [try Self.release("1.0.0", [Self.dependency(.required, "y", long)])], yanks: [:])
        let read = try ReleaseIndex.parse(index.encoded(), of: index.id)
        #expect(read.releases[0].problem == "its constraint on y is too long for an index")
        #expect(read.releases[0].dependencies.isEmpty)
    }

    /// One change to a sound document: what is refused, and with which words.
    @Test(arguments: [
        ("del d['schema']", "malformed", "schema is missing"), ("d['schema']=2", "schema", "its schema is 2"),
        ("d['schema']='1'", "malformed", "schema is not a whole number"),
        ("d['id']='other'", "otherCapsule", "acme/other"), ("d['owner']='globex'", "otherCapsule", "globex/refunds"),
        ("d['id']='Refunds'", "malformed", "id is not a capsule's id: 'Refunds'"),
        ("d['repository']='../../etc'", "malformed", "repository is not acme/refunds.git"),
        ("d['releases']={}", "malformed", "releases is not a list"),
        ("d['releases'][1]=7", "malformed", "releases[1] is not an object"),
        ("d['releases'].reverse()", "malformed", "releases[1] is not after"),
        ("d['releases'][3]=d['releases'][2]", "malformed", "releases[3] is not after"),
        ("d['releases'][0]['version']='v1'", "malformed", "releases[0].version is not a version: 'v1'"),
        ("d['releases'][0]['tag']='1'", "malformed", "releases[0].tag is not an object's id"),
        ("d['releases'][0]['commit']='A'*40", "malformed", "commit is not an object's id"),
        ("d['releases'][2]['tree']='0'*40", "malformed", "tree is not an object's id"),
        ("d['releases'][2]['manifest']='0'*40", "malformed", "manifest is not an object's id"),
        ("d['releases'][0]['digest']='md5:1'", "malformed", "digest is not a content digest"),
        ("d['releases'][0]['size']=-1", "malformed", "size is not a number of bytes"),
        ("d['releases'][0]['size']=1.5", "malformed", "size is not a whole number"),
        ("d['releases'][0]['problem']=''", "malformed", "problem is not a text"),
        ("del d['releases'][0]['dependencies']", "malformed", "dependencies is missing"),
        ("d['releases'][2]['yanked']=True", "malformed", "yanked is not an object"),
        ("d['releases'][2]['yanked']['at']='yesterday'", "malformed", "yanked.at is not a moment"),
        ("d['releases'][2]['yanked']['at']='2026-02-30T00:00:00Z'", "malformed", "yanked.at is not a moment"),
        ("d['releases'][2]['yanked']['reason']='a\\nb'", "malformed", "yanked.reason is not one line"),
        (
            "d['releases'][1]['dependencies']['dependencies'][0]['constraint']='1.x'", "malformed",
            "constraint is not a constraint: '1.x'"
        ),
        ("d['releases'][1]['dependencies']['dependencies'][0]['owner']='A'", "malformed", "owner is not an owner"),
        (
            "d['releases'][1]['dependencies']['dependencies'][1]['prerelease']=1", "malformed",
            "prerelease is not true or false"
        ),
        (
            "x=d['releases'][1]['dependencies']['dependencies'];x.append(x[0])", "malformed",
            "dependencies[2].id is not named once"
        ),
        ("d['releases']=[d['releases'][0]]*16385", "malformed", "has 16385 entries, and at most 16384"),
    ]) func refuses(change: String, code: String, words: String) throws {
        let error = try #require(throws: ReleaseIndexError.self) {
            try ReleaseIndex.parse(try Self.changed(change), of: CapsuleID("refunds"), owner: OwnerName("acme"))
        }
        #expect(error.code.rawValue == code && error.reason.contains(words), "\(error)")
    }

    @Test(arguments: ["", "[]", "{", "\u{FEFF}{}", "{\"id\":1,\"id\":2}", "{} {}", "null"])
    func refusesOtherThanADocument(text: String) throws {
        let error = try #require(throws: ReleaseIndexError.self) {
            try ReleaseIndex.parse(Array(text.utf8), of: CapsuleID("refunds"))
        }
        #expect(error.code == .malformed)
    }

    @Test func refusesWhatIsTooLarge() throws {
        let bytes = [UInt8](repeating: 0x20, count: ReleaseIndex.byteLimit + 1)
        let error = try #require(throws: ReleaseIndexError.self) { try ReleaseIndex.parse(bytes, of: CapsuleID("x")) }
        #expect(error.code == .tooLarge)
    }

    /// What a later hub may add.
    @Test(arguments: [
        "d['new']={'a':[1]}", "d['releases'][0]['new']=1", "d['releases'][1]['dependencies']['newDependencies']=3",
        "d['releases'][1]['dependencies']['dependencies'][0]['new']=None", "d['releases'][2]['yanked']['by']='acme'",
    ]) func ignoresWhatItDoesNotKnow(change: String) throws {
        let index = try Self.sample()
        #expect(try ReleaseIndex.parse(try Self.changed(change), of: index.id, owner: index.owner) == index)
    }

    /// No document makes the reader stop, whatever is changed in it.
    @Test func survivesDamage() throws {
        let sound = try Self.sample().encoded()
        let id = try CapsuleID("refunds")
        var random = SeededGenerator(seed: 0x1DE5)
        for _ in 0..<3_000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
                default:
                    bytes.insert(contentsOf: bytes[place...].prefix(Int.random(in: 1...40, using: &random)), at: place)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            if let read = try? ReleaseIndex.parse(bytes, of: id) { #expect(read.id == id) }
        }
    }

    private static func changed(_ change: String) throws -> [UInt8] {
        let outcome = try Tool.run(
            "python3",
            ["-c", "import json,sys; d=json.load(sys.stdin); exec(sys.argv[1]); print(json.dumps(d),end='')", change],
            input: try sample().encoded())
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }
}
