import Versions

/// Small cases with what must come out, as other resolvers' test suites have them.
///
/// The format: `{"meta":{"scheme"}, "cases":[{name, index:{package:{version:{deps:{package: constraint}}}}, roots, dev?, locked?,
/// expected:{solution|unsat|satisfiable}, applicable, prerelease?}]}`.
struct ScenarioFile {
    struct Case {
        var name = ""
        var packages: [(name: String, versions: [(version: String, needs: [(String, String)])])] = []
        var roots: [(String, String)] = []
        var development: [(String, String)] = []
        var locked: [(String, String)] = []
        /// Nil where only the verdict is known.
        var solution: [String: String]?
        var isUnsatisfiable = false
        var isApplicable = true
        var hasPrereleases = false
        /// Pub takes pre-releases within any bounds when nothing else fits, and what the root requires directly only if no release
        /// does; with us a requirement must ask for them.
        var isPub = false
    }

    private(set) var cases: [Case] = []

    init(_ bytes: [UInt8]) throws {
        var scanner = JSONScanner(bytes)
        var (cases, scheme) = ([Case](), "")
        try scanner.object { scanner, key in
            switch key {
            case "meta":
                try scanner.object { scanner, key in
                    if key == "scheme" { scheme = try scanner.string() } else { try scanner.skip() }
                }
            case "cases": try scanner.array { cases.append(try Self.scenario(&$0)) }
            default: try scanner.skip()
            }
        }
        if scheme.contains("prereleases are chosen only if no stable version fits") {
            for place in cases.indices { cases[place].isPub = true }
        }
        self.cases = cases
    }

    private static func scenario(_ scanner: inout JSONScanner) throws -> Case {
        var found = Case()
        try scanner.object { scanner, key in
            switch key {
            case "name": found.name = try scanner.string()
            case "index": found.packages = try index(&scanner)
            case "roots": found.roots = try pairs(&scanner)
            case "dev": found.development = try pairs(&scanner)
            case "locked": found.locked = try pairs(&scanner)
            case "applicable": found.isApplicable = try scanner.boolean()
            case "prerelease": found.hasPrereleases = try scanner.boolean()
            case "expected":
                try scanner.object { scanner, key in
                    switch key {
                    case "solution":
                        found.solution = Dictionary(try pairs(&scanner), uniquingKeysWith: { $1 })
                    case "unsat": found.isUnsatisfiable = try scanner.boolean()
                    default: try scanner.skip()
                    }
                }
            default: try scanner.skip()
            }
        }
        return found
    }

    private static func index(
        _ scanner: inout JSONScanner
    ) throws -> [(name: String, versions: [(version: String, needs: [(String, String)])])] {
        var packages: [(name: String, versions: [(version: String, needs: [(String, String)])])] = []
        try scanner.object { scanner, name in
            var versions: [(version: String, needs: [(String, String)])] = []
            try scanner.object { scanner, version in
                var needs: [(String, String)] = []
                try scanner.object { scanner, key in
                    if key == "deps" { needs = try pairs(&scanner) } else { try scanner.skip() }
                }
                versions.append((version, needs))
            }
            packages.append((name, versions))
        }
        return packages
    }

    private static func pairs(_ scanner: inout JSONScanner) throws -> [(String, String)] {
        var pairs: [(String, String)] = []
        try scanner.object { scanner, key in pairs.append((key, try scanner.string())) }
        return pairs
    }
}

extension ScenarioFile.Case {
    /// The case as the resolver takes it.
    func request() throws -> (PackageGraph, ResolutionRequest) {
        var graph = PackageGraph()
        for package in packages {
            for (version, needs) in package.versions {
                graph.add(
                    PackageName(package.name), Candidate(try SemanticVersion(parsing: version)),
                    try needs.map { try requirement($0, .required) })
            }
        }
        let required =
            try roots.map { try root($0, .required, graph) } + development.map { try root($0, .development, graph) }
        var locked: [PackageName: Candidate] = [:]
        for (name, version) in self.locked {
            locked[PackageName(name)] = Candidate(try SemanticVersion(parsing: version))
        }
        return (graph, ResolutionRequest(required.map { RootRequirement($0) }, locked: locked))
    }

    private func root(
        _ pair: (String, String), _ kind: PackageRequirement.Kind, _ graph: PackageGraph
    ) throws -> PackageRequirement {
        guard isPub, pair.1 != "*" else { return try requirement(pair, kind) }
        let strict = try VersionConstraint(parsing: pair.1)
        let hasRelease = graph.candidates(of: PackageName(pair.0)).contains { strict.accepts($0.version) }
        return try requirement(pair, kind, prerelease: !hasRelease)
    }

    private func requirement(
        _ pair: (String, String), _ kind: PackageRequirement.Kind, prerelease: Bool? = nil
    ) throws -> PackageRequirement {
        let accepted: AcceptedVersions =
            pair.1 == "*"
            ? .any
            : .constraint(try VersionConstraint(parsing: pair.1, prerelease: prerelease ?? (hasPrereleases || isPub)))
        return PackageRequirement(PackageName(pair.0), accepted, kind: kind)
    }
}
