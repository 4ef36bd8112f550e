@testable import Versions

/// A graph in a few words for tests: `"menu 1.0.0"` and what it needs, as in `["icons ^1.0.0", "peer intl ^5.0.0"]`.
struct Registry {
    private(set) var graph = PackageGraph()

    init(_ packages: KeyValuePairs<String, [String]>) throws {
        for (key, needs) in packages {
            let (candidate, name) = try Self.candidate(key)
            graph.add(name, candidate, try needs.map(Self.requirement))
        }
    }

    /// `menu 1.0.0`, `menu 1.0.0 yanked`, `menu 1.0.0 @acme`, `menu#lane 1.0.0`.
    static func candidate(_ text: String) throws -> (Candidate, PackageName) {
        let words = text.split(separator: " ")
        let source = words.first { $0.hasPrefix("@") }.map { String($0.dropFirst()) }
        let version = try SemanticVersion(parsing: String(words[1]))
        return (Candidate(version, source: source ?? "", isYanked: words.contains("yanked")), name(words[0]))
    }

    /// `[kind ]name[@source] constraint`, where the constraint `*` takes any version.
    static func requirement(_ text: String) throws -> PackageRequirement {
        var words = text.split(separator: " ")
        let kind = PackageRequirement.Kind(rawValue: String(words[0]))
        if kind != nil { words.removeFirst() }
        let parts = words.removeFirst().split(separator: "@")
        let accepted: AcceptedVersions =
            words == ["*"] ? .any : .constraint(try VersionConstraint(parsing: words.joined(separator: " ")))
        return PackageRequirement(
            name(parts[0]), accepted, kind: kind ?? .required, source: parts.count > 1 ? String(parts[1]) : nil)
    }

    private static func name(_ text: Substring) -> PackageName {
        let parts = text.split(separator: "#")
        return PackageName(String(parts[0]), lane: parts.count > 1 ? String(parts[1]) : "")
    }

    /// A request of the workspace.
    static func request(
        _ roots: [String], locked: [String] = [], update: ResolutionRequest.Update = .nothing
    ) throws -> ResolutionRequest {
        var locks: [PackageName: Candidate] = [:]
        for text in locked {
            let (candidate, name) = try candidate(text)
            locks[name] = candidate
        }
        return ResolutionRequest(try roots.map { RootRequirement(try requirement($0)) }, locked: locks, update: update)
    }

    var resolver: Resolver { Resolver(Catalogue(graph)) }

    /// The solution as `name version` by name; what failed otherwise.
    func solve(_ request: ResolutionRequest) throws -> [String] {
        switch try resolver.resolve(request) {
        case .resolved(let resolution): resolution.packages.map { "\($0.name) \($0.candidate.version)" }
        case .conflict(let contradiction): try contradiction.explain().lines
        case .gaveUp(let bound): ["gave up after \(bound)"]
        }
    }

    /// The solution itself; nil when there is none.
    func resolution(_ request: ResolutionRequest) throws -> Resolution? {
        if case .resolved(let resolution) = try resolver.resolve(request) { resolution } else { nil }
    }

    /// Why there is no solution; nil when there is one.
    func conflict(_ request: ResolutionRequest) throws -> Conflict? {
        guard case .conflict(let contradiction) = try resolver.resolve(request) else { return nil }
        return try contradiction.explain()
    }
}
