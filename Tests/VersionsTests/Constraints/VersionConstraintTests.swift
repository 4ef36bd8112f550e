import Testing

@testable import Versions

@Suite("Version constraints")
struct VersionConstraintTests {
    @Test(
        "reads the text form",
        arguments: [
            ("1.2.3", "=1.2.3"), ("=1.2.3", "=1.2.3"), ("^1.2.3", "^1.2.3"), ("~0.2.0", "~0.2.0"), ("latest", "latest"),
            (">= 1.0.0", ">=1.0.0"), (">=1.0.0 <2.0.0", ">=1.0.0 <2.0.0"),
            ("  >1.0.0\t<=  2.0.0-rc.1 ", ">1.0.0 <=2.0.0-rc.1"),
            ("^1.0.0||^2.0.0", "^1.0.0 || ^2.0.0"),
            ("1.0.0 || latest || >3.0.0 <4.0.0", "=1.0.0 || latest || >3.0.0 <4.0.0"),
            ("^1.2.3+build", "^1.2.3+build"), ("<18446744073709551616.0.0", "<18446744073709551616.0.0"),
        ])
    func reads(text: String, printed: String) throws {
        let constraint = try VersionConstraint(parsing: text)
        #expect(constraint.description == printed)
        #expect(try VersionConstraint(parsing: printed) == constraint)
        #expect(!constraint.prerelease)
    }

    @Test(
        "equal ones have a fingerprint in common, whatever they were read from",
        arguments: [
            ("1.2.3", "=1.2.3", true), ("^1.2.3", "^1.2.3 ", true), ("^1.2.3+a", "^1.2.3+b", true),
            ("~1.2.3", " ~ 1.2.3", true), ("1.0.0||2.0.0", "=1.0.0 || =2.0.0", true), ("^1.2.3", "~1.2.3", false),
            ("<1.2.3", "<=1.2.3", false), ("^1.2.3", "^1.2.3-a", false), ("^1.2.3-a", "^1.2.3-b", false),
            ("^1.2.3 ^1.2.3", "^1.2.3 || ^1.2.3", false), ("latest", "=1.2.3", false),
        ])
    func fingerprints(first: String, second: String, areEqual: Bool) throws {
        let (left, right) = (try VersionConstraint(parsing: first), try VersionConstraint(parsing: second))
        #expect((left == right) == areEqual)
        if areEqual { #expect(left.fingerprint == right.fingerprint) }
        #expect(try left != VersionConstraint(parsing: first, prerelease: true))
        #expect(Set([left, right]).count == (areEqual ? 1 : 2))
    }

    @Test(
        "refuses and says why",
        arguments: [
            ("", "empty"), ("   ", "empty"), ("^1.0.0 ||", "side of '||'"), ("|| ^1.0.0", "side of '||'"),
            ("1.0.0 | 2.0.0", "not a full"),
            ("^1.2", "not a full version"), ("1.x", "not a full version"), ("*", "write 'latest'"),
            ("^1.*", "not a full version"),
            ("!=1.0.0", "'!=' is not an operator"), ("==1.0.0", "'==' is not"), ("=>1.0.0", "'=>' is not"),
            ("~>1.0.0", "'~>' is not"),
            (">", "no version after '>'"), (">= <2.0.0", "is not an operator"), ("latest 1.0.0", "stands alone"),
            ("^latest", "not a full version"), ("^ latest", "not a full version"), ("LATEST", "not a full version"),
            ("1.0.0 - 2.0.0", "not a full version"), ("^v1.0.0", "no 'v'"), ("1.0.0,2.0.0", "not a full version"),
            ("^1.0.0\n", "not a full version"), (String(repeating: "^1.0.0 ", count: 200), "1024 bytes"),
        ])
    func refuses(text: String, reason: String) {
        let error = #expect(throws: VersionSyntaxError.self) { try VersionConstraint(parsing: text) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "accepted")")
    }

    @Test("takes the object form", arguments: VersionComparator.Operator.allCases)
    func object(operator: VersionComparator.Operator) throws {
        let constraint = try VersionConstraint(operator: `operator`, version: "1.2.3", prerelease: true)
        #expect(constraint.prerelease)
        #expect(constraint.alternatives.count == 1)
        #expect(constraint.alternatives[0].map(\.operator) == [`operator`])
        #expect(constraint.alternatives[0][0].version == (`operator` == .latest ? nil : SemanticVersion(1, 2, 3)))
        #expect(try VersionConstraint(parsing: constraint.description, prerelease: true) == constraint)
    }

    @Test("latest needs no version, the others do", arguments: ["", "*", "anything"])
    func latest(version: String) throws {
        #expect(try VersionConstraint(operator: .latest, version: version).alternatives == [[.latest]])
        #expect(throws: VersionSyntaxError.self) { try VersionConstraint(operator: .caret, version: version) }
    }

    @Test("node's ranges of our operators are read", .enabled(if: SharedData.folder != nil, "no shared data here"))
    func publicTable() throws {
        let table = try #require(try SharedData.table("semver_ranges.json"))
        let core = try #require(table["cases"] as? [[String: Any]]).filter { $0["core"] as? Bool == true }
        #expect(core.count > 80)
        for row in core {
            let range = try #require(row["range"] as? String)
            #expect(throws: Never.self) { try VersionConstraint(parsing: range) }
        }
    }

    @Test("constraints that differ anywhere have hashes of their own")
    func hashes() throws {
        let versions = (0..<20).map { "1.\($0).0" }
        let operators = ["", ">", ">=", "<", "<=", "~", "^"]
        for start in ["1.0.0 || ", ">=1.0.0 "] {
            let texts = versions.flatMap { version in operators.map { "\(start)\($0)\(version)" } }
            let constraints = try texts.map { try VersionConstraint(parsing: $0) }
            #expect(Set(constraints).count == texts.count)
            #expect(Set(constraints.map(\.hashValue)).count > texts.count - 10)
        }
        let (one, other) = (
            try VersionConstraint(parsing: ">=1.0.0  <2.0.0||3.0.0"),
            try VersionConstraint(parsing: ">=1.0.0 <2.0.0 || =3.0.0+b")
        )
        #expect(one == other && one.hashValue == other.hashValue)
    }
}
