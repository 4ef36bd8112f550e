import Testing

@testable import Versions

/// Which versions a constraint takes.
@Suite struct VersionAcceptanceTests {
    @Test(arguments: [
        ("1.2.3", ["1.2.3", "1.2.3+b"], ["1.2.4", "1.2.3-rc.1"]),
        ("^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0", "1.3.0-rc.1"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0", "1.0.0"]), ("^0.0.3", ["0.0.3"], ["0.0.4", "0.0.2"]),
        ("~1.2.3", ["1.2.3", "1.2.9"], ["1.3.0", "1.2.2"]),
        (">=1.0.0 <2.0.0", ["1.0.0", "1.99.0"], ["2.0.0", "0.9.0"]),
        ("^1.0.0 || 3.0.0", ["1.5.0", "3.0.0"], ["2.0.0", "3.0.1"]), ("latest", ["0.0.1", "1.0.0-rc.1"], []),
        (">=1.0.0-rc.1", ["1.0.0-rc.2", "1.0.0"], ["1.0.0-beta", "1.1.0-rc.1"]), (">1.0.0", ["1.0.1"], ["1.0.0"]),
        ("<=1.0.0", ["1.0.0", "0.1.0"], ["1.0.1"]),
    ])
    func accepts(text: String, taken: [String], refused: [String]) throws {
        let constraint = try VersionConstraint(parsing: text)
        for version in taken { #expect(constraint.accepts(try SemanticVersion(parsing: version)), "\(version)") }
        for version in refused { #expect(!constraint.accepts(try SemanticVersion(parsing: version)), "\(version)") }
    }

    @Test func prereleasesWhereTheyAreAskedFor() throws {
        let constraint = try VersionConstraint(operator: .caret, version: "1.0.0", prerelease: true)
        #expect(constraint.accepts(try SemanticVersion(parsing: "1.3.0-rc.1")))
    }
}
