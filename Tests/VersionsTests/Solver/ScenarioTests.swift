import Testing

@testable import Versions

/// What other resolvers' test suites expect of small graphs.
@Suite(.enabled(if: SharedData.folder != nil, "no shared data here"))
struct ScenarioTests {
    /// Cases whose solution rests on a lock file that the table does not give.
    private static let incomplete = ["testPartialResolvedPackages", "testMissingResolvedPackage"]

    @Test(arguments: ["dart-pub", "swiftpm-pubgrub"])
    func solves(file: String) throws {
        let table = try #require(try SharedData.table("scenarios/\(file).json"))
        let cases = try #require(table["cases"] as? [[String: Any]]).filter { $0["applicable"] as? Bool == true }
        #expect(cases.count > 30)
        for scenario in cases {
            let name = try #require(scenario["name"] as? String)
            let expected = try #require(scenario["expected"] as? [String: Any])
            let (graph, request) = try request(scenario, isPub: file == "dart-pub")
            let resolver = Resolver(Catalogue(graph))
            switch try resolver.resolve(request) {
            case .resolved(let resolution):
                #expect(expected["unsat"] == nil, "\(name)")
                let found = Dictionary(
                    resolution.packages.map { ($0.name.id, $0.candidate.version.text) }, uniquingKeysWith: { $1 })
                if let solution = expected["solution"] as? [String: String], !Self.incomplete.contains(name) {
                    #expect(found == solution, "\(name)")
                }
            case .conflict(let contradiction):
                #expect(expected["unsat"] as? Bool == true, "\(name)")
                let conflict = try contradiction.explain()
                try covers(conflict, expected["message"] as? String ?? "", graph, name)
            case .gaveUp: Issue.record("gave up: \(name)")
            }
        }
    }

    /// The other resolver's message names every package that the report names, and the report is short.
    private func covers(_ conflict: Conflict, _ message: String, _ graph: PackageGraph, _ name: String) throws {
        #expect(conflict.isMinimal)
        #expect(Double(conflict.lines.count) <= 1.5 * Double(conflict.facts.count) + 3, "\(name)")
        // Pub's tests only assert a part of some messages.
        guard message.hasPrefix("Because") || message.hasPrefix("Dependencies"), message.hasSuffix(".") else { return }
        for fact in conflict.facts { #expect(message.contains(fact.target.id), "\(name): \(fact) in \(message)") }
    }

    private func request(_ scenario: [String: Any], isPub: Bool) throws -> (PackageGraph, ResolutionRequest) {
        var graph = PackageGraph()
        let prerelease = isPub || scenario["prerelease"] as? Bool == true
        func accepted(_ text: String, prerelease: Bool) throws -> AcceptedVersions {
            text == "*" ? .any : .constraint(try VersionConstraint(parsing: text, prerelease: prerelease))
        }
        for (name, versions) in try #require(scenario["index"] as? [String: [String: [String: Any]]]) {
            for (version, manifest) in versions {
                let needs = try (manifest["deps"] as? [String: String] ?? [:]).map {
                    PackageRequirement(PackageName($0.key), try accepted($0.value, prerelease: prerelease))
                }
                graph.add(PackageName(name), Candidate(try SemanticVersion(parsing: version)), needs)
            }
        }
        let roots = try (scenario["roots"] as? [String: String] ?? [:]).map { name, text in
            // Pub lets what the root requires itself be a pre-release only when no release fits.
            let strict = try accepted(text, prerelease: false)
            let list = CandidateList(graph.candidates(of: PackageName(name)))
            let isEmpty = strict.candidates(in: list, eligible: CandidateSet(allOf: list.count)).isEmpty
            return PackageRequirement(
                PackageName(name), isPub && isEmpty ? try accepted(text, prerelease: true) : strict)
        }
        var locked: [PackageName: Candidate] = [:]
        for (name, version) in scenario["locked"] as? [String: String] ?? [:] {
            locked[PackageName(name)] = Candidate(try SemanticVersion(parsing: version))
        }
        return (graph, ResolutionRequest(roots.map { RootRequirement($0) }, locked: locked))
    }
}
