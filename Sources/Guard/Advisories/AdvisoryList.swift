import Objects

/// Advisories from an offline file, looked up by package.
package struct AdvisoryList: Hashable, Sendable {
    /// Which list it is: `advisories@` and the beginning of its file's SHA-256.
    package let label: String
    private var byPackage: [String: [Advisory]] = [:]

    /// Makes a list.
    package init(_ advisories: [Advisory], label: String) {
        self.label = label
        for advisory in advisories {
            byPackage[Self.key(advisory.ecosystem, advisory.package), default: []].append(advisory)
        }
    }

    /// How many pairs of advisory and package there are.
    package var count: Int { byPackage.values.reduce(0) { $0 + $1.count } }

    /// The findings of a manifest or a lock file; none for other files.
    func findings(in file: ScannedFile) -> [Finding] {
        (DependencyReader.dependencies(in: file) ?? []).flatMap { dependency in
            (byPackage[Self.key(dependency.ecosystem, dependency.name)] ?? []).filter { $0.affects(dependency.version) }
                .map { finding($0, dependency, file.path) }
        }
    }

    private func finding(_ advisory: Advisory, _ dependency: DeclaredDependency, _ path: TreePath) -> Finding {
        let version = dependency.isExact ? dependency.version : "\(dependency.version) and later"
        let fix =
            advisory.fixes.isEmpty
            ? "replace it: no fixed version is known" : "take \(advisory.fixes.joined(separator: " or "))"
        return Finding(
            path: path, line: dependency.line, column: 1, rule: Excerpt.of(advisory.id), pack: label,
            severity: advisory.severity,
            message: Excerpt.of("\(dependency.name) \(version): \(advisory.summary)"),
            advice: Excerpt.of("\(dependency.name): \(fix)"),
            excerpt: Excerpt.of("\(dependency.name) \(dependency.version)"))
    }

    private static func key(_ ecosystem: Ecosystem, _ name: String) -> String {
        "\(ecosystem.rawValue) \(ecosystem.canonical(name))"
    }
}
