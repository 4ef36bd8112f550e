import Versions

/// A graph of packages with constraints that are evaluated to runs of ordinals, and queries with their truth.
///
/// The format: `{"queries":[{name, roots:[[package, constraint], ...], truth, peers?}], "packages":[{name, versions,
/// constraints:[[text, [[low, high), ...]], ...], deps:[[package, constraint, ...] per version], peers?}]}`.
struct GraphFile {
    struct Package {
        var name = ""
        var versions: [String] = []
        var constraints: [AcceptedVersions] = []
        var dependencies: [[Int32]] = []
        var peers: [[Int32]] = []
    }

    struct Query {
        var name = ""
        var roots: [(package: Int, constraint: Int)] = []
        var truth: String?
        var hasPeers = false
    }

    private(set) var packages: [Package] = []
    private(set) var queries: [Query] = []

    init(_ bytes: [UInt8]) throws {
        var scanner = JSONScanner(bytes)
        var (packages, queries) = ([Package](), [Query]())
        try scanner.object { scanner, key in
            switch key {
            case "packages": try scanner.array { packages.append(try Self.package(&$0)) }
            case "queries": try scanner.array { queries.append(try Self.query(&$0)) }
            default: try scanner.skip()
            }
        }
        (self.packages, self.queries) = (packages, queries)
    }

    private static func query(_ scanner: inout JSONScanner) throws -> Query {
        var query = Query()
        try scanner.object { scanner, key in
            switch key {
            case "name": query.name = try scanner.string()
            case "truth": query.truth = try scanner.string()
            case "peers": query.hasPeers = try scanner.boolean()
            case "roots":
                try scanner.array {
                    let pair = try integers(&$0)
                    if pair.count == 2 { query.roots.append((Int(pair[0]), Int(pair[1]))) }
                }
            default: try scanner.skip()
            }
        }
        return query
    }

    private static func package(_ scanner: inout JSONScanner) throws -> Package {
        var package = Package()
        try scanner.object { scanner, key in
            switch key {
            case "name": package.name = try scanner.string()
            case "versions": try scanner.array { package.versions.append(try $0.string()) }
            case "constraints": try scanner.array { package.constraints.append(try constraint(&$0)) }
            case "deps": try scanner.array { package.dependencies.append(try integers(&$0)) }
            case "peers": try scanner.array { package.peers.append(try integers(&$0)) }
            default: try scanner.skip()
            }
        }
        return package
    }

    private static func constraint(_ scanner: inout JSONScanner) throws -> AcceptedVersions {
        var (text, runs, place) = ("", [Range<Int>](), 0)
        try scanner.array { scanner in
            if place == 0 {
                text = try scanner.string()
            } else {
                try scanner.array {
                    let run = try integers(&$0)
                    if run.count == 2, run[0] < run[1] { runs.append(Int(run[0])..<Int(run[1])) }
                }
            }
            place += 1
        }
        return .ordinals(runs, text: text)
    }

    private static func integers(_ scanner: inout JSONScanner) throws -> [Int32] {
        var numbers: [Int32] = []
        try scanner.array { numbers.append(Int32(clamping: try $0.integer())) }
        return numbers
    }
}
