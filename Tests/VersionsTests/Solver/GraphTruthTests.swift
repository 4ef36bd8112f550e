import Testing

@testable import Versions

/// Verdicts on graphs of real registries, which a SAT solver found. `amx-bench resolve` runs all of them in a release build.
@Suite(.enabled(if: SharedData.folder != nil, "no shared data here"))
struct GraphTruthTests {
    /// How many conflicts of each graph are explained, too.
    private static let explained = 12

    @Test(arguments: [
        ("conflict-menu.json", 1), ("pubgrub-large-case.json", 1), ("npm-mocks.json.gz", 9),
        ("crates-2019.json.gz", 37),
    ])
    func verdicts(file: String, stride: Int) throws {
        let graph = try SharedData.graph(file)
        let packages = try #require(graph["packages"] as? [[String: Any]])
        let queries = try #require(graph["queries"] as? [[String: Any]])
        let sources = try [false, true].map { try JSONGraph(packages, hasPeers: $0) }
        let resolvers = sources.map { Resolver(Catalogue($0)) }
        var explained = 0
        for (place, query) in queries.enumerated() where place % stride == 0 {
            let hasPeers = query["peers"] as? Bool ?? false
            let (source, resolver) = (sources[hasPeers ? 1 : 0], resolvers[hasPeers ? 1 : 0])
            let roots = try #require(query["roots"] as? [[Int]]).map { source.requirement($0[0], $0[1], .required) }
            let outcome = try resolver.resolve(ResolutionRequest(roots.map { RootRequirement($0) }))
            let verdict =
                switch outcome {
                case .resolved: "sat"
                case .conflict: "unsat"
                case .gaveUp: "gave-up"
                }
            #expect(verdict == query["truth"] as? String, "\(query["name"] ?? "")")
            guard case .conflict(let contradiction) = outcome, explained < Self.explained else { continue }
            explained += 1
            try check(contradiction.explain(), query["name"] ?? "")
        }
        #expect(explained > 0)
    }

    /// A report is no longer than it may be, and says of each fact whether it was found to be needed.
    private func check(_ conflict: Conflict, _ name: Any) {
        #expect(!conflict.facts.isEmpty, "\(name)")
        let edges = Set(conflict.facts.map { "\($0.cause) \($0.target)" })
        #expect(Double(conflict.lines.count) <= 1.5 * Double(edges.count) + 3, "\(name): \(conflict.lines)")
    }

    /// A graph file's packages.
    private struct JSONGraph: CandidateSource {
        private struct Package {
            let name: String
            let versions: Int
            let constraints: [AcceptedVersions]
            let lists: [(kind: PackageRequirement.Kind, needs: [[Int]])]
        }

        private let packages: [Package]
        private let numbers: [String: Int]

        init(_ json: [[String: Any]], hasPeers: Bool) throws {
            let lists: [(String, PackageRequirement.Kind)] =
                hasPeers ? [("deps", .required), ("peers", .peer)] : [("deps", .required)]
            packages = try json.map { package in
                Package(
                    name: try #require(package["name"] as? String),
                    versions: try #require(package["versions"] as? [String]).count,
                    constraints: try #require(package["constraints"] as? [[Any]]).map { pair in
                        let runs = try #require(pair.last as? [[Int]]).map { $0[0]..<$0[1] }
                        return .ordinals(runs, text: try #require(pair.first as? String))
                    },
                    lists: lists.compactMap { key, kind in (package[key] as? [[Int]]).map { (kind, $0) } })
            }
            numbers = Dictionary(packages.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { $1 })
        }

        var hasManifestsAtHand: Bool { true }

        func candidates(of package: PackageName) -> [Candidate] {
            (0..<(numbers[package.id].map { packages[$0].versions } ?? 0)).map {
                Candidate(SemanticVersion(UInt64($0), 0, 0))
            }
        }

        func manifest(of package: PackageName, _ candidate: Candidate, at ordinal: Int) -> CandidateManifest {
            guard let number = numbers[package.id] else { return .requirements([]) }
            return .requirements(
                packages[number].lists.flatMap { list in
                    stride(from: 0, to: list.needs[ordinal].count - 1, by: 2).map {
                        requirement(list.needs[ordinal][$0], list.needs[ordinal][$0 + 1], list.kind)
                    }
                })
        }

        func requirement(_ package: Int, _ constraint: Int, _ kind: PackageRequirement.Kind) -> PackageRequirement {
            PackageRequirement(
                PackageName(packages[package].name), packages[package].constraints[constraint], kind: kind)
        }
    }
}
