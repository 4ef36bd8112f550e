import Capsules
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

@Suite struct UpdateTests {
    /// Writes two contents of a capsule, commits both, and gives the steps between.
    private func steps(_ old: [String: String], _ new: [String: String]) throws -> [UpdateStep] {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("refunds")
        var commits: [ObjectID] = []
        for files in [old, new] {
            try Directory.remove(capsule.directoryPath)
            for (path, text) in files { try fixture.write(capsule, path, text) }
            commits.append(try #require(try fixture.commit(capsule)).commit)
        }
        let repository = try capsule.existingRepository()
        let (before, after) = (
            try CommitContent(commits[0], in: repository), try CommitContent(commits[1], in: repository)
        )
        let changes = try repository.changedFiles(from: before.tree, to: after.tree).compactMap {
            ChangedFile($0.old, $0.new)
        }
        return UpdateStep.steps(of: try Difference(from: before, to: after, changes: changes))
    }

    private func manifest(_ version: String, _ members: String = #""tags": []"#) -> String {
        #"{"id": "refunds", "name": "Refunds", "version": "\#(version)", \#(members)}"#
    }

    private func words(_ steps: [UpdateStep]) -> [String] {
        steps.map { "\($0.kind.rawValue)\($0.isBreaking ? "!" : "") \($0.subjects.joined(separator: ","))" }
    }

    @Test func eachChangeIsPartOfAStep() throws {
        let found = try steps(
            [
                "manifest.json": manifest("1.0.0", #""dependencies": {"billing": "^1.0.0"}"#), "src/a.js": "1\n",
                "knowledge/schemas/refund.json": #"{"type": "object", "required": ["a"]}"#,
            ],
            [
                "manifest.json": manifest(
                    "1.1.0",
                    #""dependencies": {"billing": "^2.0.0", "catalog": "^1.0.0"}, "env": {"TOKEN": {}}"#),
                "src/a.js": "2\n", "knowledge/schemas/refund.json": #"{"type": "object", "required": ["a", "b"]}"#,
            ])
        #expect(
            words(found) == [
                "schema_migration! knowledge/schemas/refund.json", "code_update src/a.js",
                "configuration_change $.env.TOKEN", "dependency_update billing,catalog",
            ])
        #expect(found[0].json["breaking"] == true)
    }

    @Test func anotherVersionAloneIsNoStep() throws {
        #expect(try steps(["manifest.json": manifest("1.0.0")], ["manifest.json": manifest("1.0.1")]) == [])
    }

    // MARK: Ways

    /// Stations as `version` or `version<constraint`, from, to, and the way; empty for none.
    static let ways: [(String, String, String, String)] = [
        ("2.0.0", "1.0.0", "2.0.0", "2.0.0"),
        ("", "1.0.0", "2.0.0", ""),
        ("2.0.0<^1.5.0", "1.0.0", "2.0.0", ""),
        ("2.0.0<^1.5.0", "1.6.0", "2.0.0", "2.0.0"),
        ("1.5.0 2.0.0<^1.5.0", "1.0.0", "2.0.0", "1.5.0 2.0.0"),
        // As few as can be, and each as far as can be.
        ("1.5.0 1.6.0 1.7.0 2.0.0<^1.5.0", "1.0.0", "2.0.0", "1.7.0 2.0.0"),
        ("1.5.0 1.6.0<^1.5.0 2.0.0<^1.6.0 3.0.0<^2.0.0", "1.0.0", "3.0.0", "1.5.0 1.6.0 2.0.0 3.0.0"),
        ("1.5.0 2.0.0<^1.5.0 3.0.0<^1.5.0", "1.0.0", "3.0.0", "1.5.0 3.0.0"),
        // Not through what lies beyond.
        ("2.0.0<=3.0.0 3.0.0", "1.0.0", "2.0.0", ""),
        // Back, too.
        ("1.0.0<^1.0.0 1.5.0<^2.0.0", "2.0.0", "1.0.0", "1.5.0 1.0.0"),
        // A circle leads nowhere.
        ("1.1.0<=1.2.0 1.2.0<=1.1.0 2.0.0<^1.1.0", "1.0.0", "2.0.0", ""),
    ]

    static func stations(_ text: String) throws -> [UpdatePath.Station] {
        try text.split(separator: " ").map { word in
            let parts = word.split(separator: "<", maxSplits: 1).map(String.init)
            return UpdatePath.Station(
                try SemanticVersion(parsing: parts[0]),
                updatesFrom: parts.count > 1 ? try VersionConstraint(parsing: parts[1]) : nil)
        }
    }

    @Test(arguments: ways.indices) func anUpdateGoesWhereVersionsSayThatItCan(_ index: Int) throws {
        let (texts, from, to, expected) = Self.ways[index]
        let (start, end) = (try SemanticVersion(parsing: from), try SemanticVersion(parsing: to))
        let stations = try Self.stations(texts)
        do throws(AmxError) {
            let path = try UpdatePath(from: start, to: end, through: stations)
            #expect(path.versions.map(\.text).joined(separator: " ") == expected)
        } catch {
            #expect(expected.isEmpty)
            #expect(error.message == "No update path found from \(from) to \(to)")
            #expect(error.code == .conflict)
        }
    }

    /// Against trying all ways.
    @Test(arguments: 1...80) func noWayIsShorter(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let stations = try (1...7).map { number in
            let floor = Int.random(in: 0..<number, using: &random)
            let constraint = try VersionConstraint(parsing: ">=1.\(floor).0 <1.\(floor + 2).0")
            return UpdatePath.Station(
                SemanticVersion(1, UInt64(number), 0),
                updatesFrom: Int.random(in: 0...4, using: &random) == 0 ? nil : constraint)
        }
        let (from, to) = (SemanticVersion(1, 0, 0), SemanticVersion(1, 7, 0))
        func shortest(_ at: SemanticVersion) -> Int? {
            if at == to { return 0 }
            return stations.filter { at < $0.version && $0.updatesFrom?.accepts(at) ?? true }
                .compactMap { shortest($0.version).map { $0 + 1 } }.min()
        }
        let path = try? UpdatePath(from: from, to: to, through: stations)
        #expect(path?.versions.count == shortest(from))
        var last = from
        for version in path?.versions ?? [] {
            let station = try #require(stations.first { $0.version == version })
            #expect(station.updatesFrom?.accepts(last) ?? true)
            last = version
        }
    }

    @Test func theManifestSaysFromWhere() throws {
        #expect(try LifecycleFixture.manifest().updatesFrom == nil)
        let manifest = try LifecycleFixture.manifest("2.0.0", #""updatesFrom": "^1.5.0""#)
        #expect(manifest.updatesFrom?.description == "^1.5.0")
        #expect(manifest.warnings.isEmpty)
        #expect(throws: AmxError.self) { try LifecycleFixture.manifest("2.0.0", #""updatesFrom": "1.x""#) }
    }
}
