import TestSupport
import Testing

@testable import Versions

/// Constraints looked up in lists of candidates.
@Suite struct VersionCandidatesTests {
    private func taken(_ text: String, prerelease: Bool = false, of versions: [String]) throws -> [String] {
        let list = CandidateList(try versions.map { Candidate(try SemanticVersion(parsing: $0)) })
        let constraint = try VersionConstraint(parsing: text, prerelease: prerelease)
        return constraint.candidates(in: list, eligible: CandidateSet(allOf: list.count)).ordinals
            .map { list[$0].version.text }
    }

    @Test(arguments: [
        ("^1.2.3", ["1.2.3", "1.3.0"]), ("~1.2.3", ["1.2.3"]), (">=1.2.3 <2.0.0", ["1.2.3", "1.3.0"]),
        ("latest", ["2.0.0"]), ("^1.2.3 || =0.1.0", ["0.1.0", "1.2.3", "1.3.0"]), ("<=0.1.0", ["0.1.0"]),
        (">1.3.0", ["2.0.0"]), (">=2.0.0-rc.1 <2.0.0", ["2.0.0-rc.1", "2.0.0-rc.2"]), ("^9.0.0", []),
        ("^2.0.0-rc.2", ["2.0.0-rc.2", "2.0.0"]), ("=3.0.0-a", ["3.0.0-a"]),
    ])
    func looksUp(text: String, expected: [String]) throws {
        let versions = ["2.0.0", "0.1.0", "1.2.3", "2.0.0-rc.2", "1.3.0", "2.0.0-rc.1", "3.0.0-a", "1.2.3-rc.1"]
        #expect(try taken(text, of: versions) == expected)
    }

    @Test(arguments: [
        ("^1.0.0", ["1.0.0", "1.1.0-a"]), ("<2.0.0", ["1.0.0-a", "1.0.0", "1.1.0-a"]), ("latest", ["2.1.0-a"]),
        ("<=2.0.0", ["1.0.0-a", "1.0.0", "1.1.0-a", "2.0.0-a", "2.0.0"]), ("~2.0.0", ["2.0.0"]),
    ])
    func prereleasesWhereTheyAreAskedFor(text: String, expected: [String]) throws {
        let versions = ["1.0.0-a", "1.0.0", "1.1.0-a", "2.0.0-a", "2.0.0", "2.1.0-a"]
        #expect(try taken(text, prerelease: true, of: versions) == expected)
    }

    @Test func latestSkipsWhatWasWithdrawnAndPrereleases() throws {
        let list = CandidateList([
            Candidate(SemanticVersion(1, 0, 0)), Candidate(SemanticVersion(2, 0, 0), isYanked: true),
            Candidate(try SemanticVersion(parsing: "3.0.0-a")),
        ])
        let latest = try VersionConstraint(parsing: "latest")
        #expect(latest.candidates(in: list, eligible: CandidateSet(allOf: 3)).ordinals == [0])
        let none = try taken("latest", of: ["1.0.0-a"])
        #expect(none.isEmpty)
    }

    /// Looking up must agree with asking of each, for numbers beyond 21 and 64 bits too.
    @Test func agreesWithAskingOfEach() throws {
        var random = SeededGenerator(seed: 7)
        let numbers = [
            "0", "1", "2", "3", "2097150", "2097151", "2097152", "18446744073709551615", "18446744073709551616",
        ]
        func version(plain: Bool = false) throws -> SemanticVersion {
            let parts = (0..<3).map { _ in
                numbers[Int.random(in: 0..<(Bool.random(using: &random) ? 3 : plain ? 5 : 9), using: &random)]
            }
            let end = plain ? "" : ["", "", "", "-a", "-a.1", "-0", "-rc.2"].randomElement(using: &random) ?? ""
            return try SemanticVersion(parsing: parts.joined(separator: ".") + end)
        }
        for round in 0..<180 {
            // Most packages have nothing but releases with small numbers, in order.
            let isPlain = round % 3 > 0
            var versions = try (0..<90).map { _ in try version(plain: isPlain) }
            if round % 3 == 1 { versions = Set(versions).sorted() }
            let list = CandidateList(versions.map { Candidate($0) })
            #expect(list.isPlain == isPlain)
            #expect(zip(list.candidates, list.candidates.dropFirst()).allSatisfy { $0.version < $1.version })
            let operators = VersionComparator.Operator.allCases.filter { $0 != .latest }
            let text = try (0..<Int.random(in: 1...2, using: &random)).map { _ in
                try (0..<Int.random(in: 1...2, using: &random)).map { _ in
                    (operators.randomElement(using: &random) ?? .equal).rawValue
                        + (try version(plain: Bool.random(using: &random))).text
                }.joined(separator: " ")
            }.joined(separator: " || ")
            let constraint = try VersionConstraint(parsing: text, prerelease: Bool.random(using: &random))
            let found = constraint.candidates(in: list, eligible: CandidateSet(allOf: list.count)).ordinals
            let expected = (0..<list.count).filter { constraint.accepts(list[$0].version) }
            #expect(found == expected, "\(constraint)")
        }
    }

    @Test("node's answers for our operators", .enabled(if: SharedData.folder != nil, "no shared data here"))
    func nodeRanges() throws {
        let table = try #require(try SharedData.table("semver_ranges.json"))
        let core = try #require(table["cases"] as? [[String: Any]]).filter { $0["core"] as? Bool == true }
        #expect(core.count == 84)
        for row in core {
            let range = try #require(row["range"] as? String)
            let version = try SemanticVersion(parsing: try #require(row["version"] as? String))
            let prerelease = (row["options"] as? [String: Any])?["includePrerelease"] as? Bool ?? false
            let constraint = try VersionConstraint(parsing: range, prerelease: prerelease)
            #expect(constraint.accepts(version) == (row["satisfies"] as? Bool), "\(range) \(version) \(prerelease)")
        }
    }

    /// Every constraint of the registry's packages that we can read must take what node says it takes.
    @Test("node's answers for a registry's ranges", .enabled(if: SharedData.folder != nil, "no shared data here"))
    func registryRanges() throws {
        let packages = try #require(try SharedData.graph("npm-mocks.json.gz")["packages"] as? [[String: Any]])
        var compared = 0
        for package in packages {
            let texts = try #require(package["versions"] as? [String])
            let list = CandidateList(texts.compactMap { SemanticVersion($0) }.map { Candidate($0) })
            guard list.candidates.map(\.version.text) == texts else { continue }
            for case let pair as [Any] in try #require(package["constraints"] as? [Any]) {
                guard pair.count == 2, let text = pair[0] as? String, text != "latest", let runs = pair[1] as? [[Int]],
                    let constraint = try? VersionConstraint(parsing: text)
                else { continue }
                let expected = runs.flatMap { Array($0[0]..<$0[1]) }
                let found = constraint.candidates(in: list, eligible: CandidateSet(allOf: list.count)).ordinals
                #expect(found == expected, "\(package["name"] ?? "") \(text)")
                compared += 1
            }
        }
        #expect(compared > 5_000)
    }
}
