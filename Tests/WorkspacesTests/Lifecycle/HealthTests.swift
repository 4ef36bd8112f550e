import Capsules
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

@Suite struct HealthTests {
    private let fixture: WorkspaceFixture
    private var workspace: Workspace { fixture.workspace }

    init() throws { fixture = try WorkspaceFixture() }

    private func manifest(_ version: String, _ members: String) -> String {
        #"{"id": "refunds", "name": "Refunds", "version": "\#(version)", \#(members)}"#
    }

    /// A capsule that is committed, with what the lock says of it; as a release or a branch.
    private func capsule(
        _ members: String = #""tags": []"#, isRelease: Bool = true
    ) throws -> (WorkspaceCapsule, LockedCapsule) {
        let capsule = try fixture.new("refunds")
        try fixture.write(capsule, "manifest.json", manifest("1.0.0", members))
        let commit = try #require(try fixture.commit(capsule))
        let entry = LockedCapsule(
            id: capsule.id, version: try #require(SemanticVersion("1.0.0")),
            line: isRelease ? .tag("v1.0.0") : .branch("main"), commit: commit.commit, tree: commit.tree,
            digest: commit.digest, source: .workspace, requestedBy: ["workspace"])
        return (capsule, entry)
    }

    private func other(_ id: String, _ version: String) throws -> LockedCapsule {
        LockedCapsule(
            id: try CapsuleID(id), version: try #require(SemanticVersion(version)), line: .tag("v\(version)"),
            commit: .zero, tree: .zero, digest: LifecycleFixture.digest(id), source: .workspace, requestedBy: [])
    }

    private func check(_ report: HealthReport, _ name: HealthCheck.Name) throws -> HealthCheck {
        try #require(report.checks.first { $0.name == name })
    }

    @Test func aCapsuleAsItShouldBeIsHealthy() throws {
        let (capsule, entry) = try capsule()
        let report = capsule.health(lock: WorkspaceLock([entry]))
        #expect(report.verdict == .healthy)
        #expect(report.checks.map(\.name) == HealthCheck.Name.allCases)
        // What nothing can measure says so.
        for name in [HealthCheck.Name.serviceStatus, .performanceMetrics] {
            #expect(try check(report, name).status == .notApplicable)
        }
        for name in [HealthCheck.Name.dataIntegrity, .dependencyHealth, .resourceUsage] {
            #expect(try check(report, name).status == .passed)
        }
        #expect(try check(report, .dataIntegrity).detail.contains(entry.digest.text))
        #expect(report.json["health"] == "healthy")
    }

    @Test(arguments: [true, false]) func contentThatIsNotTheLocks(_ isRelease: Bool) throws {
        let (capsule, entry) = try capsule(isRelease: isRelease)
        try fixture.write(capsule, "README.md", "Changed\n")
        let report = capsule.health(lock: WorkspaceLock([entry]))
        // Of a release that is wrong; what is worked on may differ.
        #expect(report.verdict == (isRelease ? .unhealthy : .healthy))
        #expect(try check(report, .dataIntegrity).status == (isRelease ? .failed : .passed))
    }

    @Test func whatIsGoneOrDamaged() throws {
        let (capsule, entry) = try capsule()
        #expect(try check(capsule.health(lock: nil), .dataIntegrity).status == .notApplicable)
        let lost = LockedCapsule(
            id: entry.id, version: entry.version, line: entry.line,
            commit: try #require(ObjectID(hex: String(repeating: "1", count: 40))), tree: entry.tree,
            digest: entry.digest, source: entry.source, requestedBy: [])
        #expect(try check(capsule.health(lock: WorkspaceLock([lost])), .dataIntegrity).status == .failed)
        try fixture.write(capsule, "manifest.json", "{")
        let damaged = capsule.health(lock: WorkspaceLock([entry]))
        #expect(damaged.verdict == .unhealthy)
        #expect(try check(damaged, .resourceUsage).status == .notApplicable)
        try Directory.remove(capsule.directoryPath)
        #expect(capsule.health(lock: WorkspaceLock([entry])).verdict == .unhealthy)
        #expect(workspace.capsule(try CapsuleID("unknown")).health(lock: nil).verdict == .unhealthy)
    }

    @Test(arguments: [
        (
            #""dependencies": {"billing": "^1.0.0"}"#, ["billing 1.2.0"], HealthCheck.Status.passed,
            "1 dependency is met"
        ),
        (
            #""dependencies": {"billing": "^1.0.0"}"#, ["billing 2.0.0"], .failed,
            "billing is 2.0.0, and ^1.0.0 is asked for"
        ),
        (
            #""dependencies": {"billing": "^1.0.0"}, "peerDependencies": {"voice": "latest"}"#, ["billing 2.0.0"],
            .failed,
            "billing is 2.0.0, and ^1.0.0 is asked for; voice is not here"
        ),
        (#""optionalDependencies": {"search": "^1.0.0"}"#, [], .passed, "0 dependencies are met"),
        (
            #""optionalDependencies": {"search": "^1.0.0"}"#, ["search 0.1.0"], .failed,
            "search is 0.1.0, and ^1.0.0 is asked for"
        ),
        (#""devDependencies": {"samples": "^1.0.0"}"#, [], .passed, "0 dependencies are met"),
    ]) func dependenciesAreThoseOfTheLock(
        _ members: String, _ others: [String], _ status: HealthCheck.Status, _ detail: String
    ) throws {
        let (capsule, entry) = try capsule(members)
        let entries = try others.map { text in
            let parts = text.split(separator: " ").map(String.init)
            return try other(parts[0], parts[1])
        }
        let report = capsule.health(lock: WorkspaceLock([entry] + entries))
        #expect(try check(report, .dependencyHealth) == HealthCheck(.dependencyHealth, status, detail))
        #expect(report.verdict == (status == .failed ? .unhealthy : .healthy))
    }

    @Test(arguments: [
        ("", [], 1), (#""dependencies": {"a": "^1.0.0"}"#, ["a 1.2.0"], 1),
        (#""dependencies": {"a": "^1.0.0", "b": "^1.0.0"}"#, ["a 2.0.0", "b 1.0.0"], 0.6),
        (#""peerDependencies": {"a": "^1.0.0"}"#, [], 0.75),
        (#""optionalDependencies": {"a": "^1.0.0", "b": "^1.0.0"}"#, ["a 2.0.0"], 0.8),
        (#""devDependencies": {"a": "^1.0.0"}"#, [], 1),
        (#""dependencies": {"a": "^1.0.0", "b": "^1.0.0", "c": "^1.0.0"}"#, [], 0),
    ]) func whatIsNotMetIsWeighed(_ members: String, _ others: [String], _ score: Double) throws {
        let (capsule, entry) = try capsule(members.isEmpty ? #""tags": []"# : members)
        let entries = try others.map { text in
            let parts = text.split(separator: " ").map(String.init)
            return try other(parts[0], parts[1])
        }
        let report = capsule.health(lock: WorkspaceLock([entry] + entries))
        #expect(report.dependencyScore == score && report.json["dependencyScore"] == .double(score))
    }

    @Test(arguments: [("1MB", HealthCheck.Status.passed), ("10B", .failed)]) func roomIsDeclared(
        _ room: String, _ status: HealthCheck.Status
    ) throws {
        let (capsule, entry) = try capsule(#""resources": {"storage": {"persistent": "\#(room)"}}"#)
        let report = capsule.health(lock: WorkspaceLock([entry]))
        #expect(try check(report, .resourceUsage).status == status)
        // It is not critical.
        #expect(report.verdict == (status == .failed ? .degraded : .healthy))
    }

    /// Every combination of failures gives the verdict of row A-079.
    @Test func verdictsFollowFromChecks() throws {
        let names = HealthCheck.Name.allCases
        for failed in 0..<(1 << names.count) {
            let checks = names.enumerated().map { number, name in
                HealthCheck(name, failed >> number & 1 == 1 ? .failed : .passed, "")
            }
            let report = HealthReport(of: try CapsuleID("a"), checks.reversed())
            let wrong = checks.filter { $0.status == .failed }.map(\.name)
            let critical: Set<HealthCheck.Name> = [.serviceStatus, .dependencyHealth, .dataIntegrity]
            let expected: HealthReport.Verdict =
                wrong.isEmpty ? .healthy : critical.isDisjoint(with: wrong) ? .degraded : .unhealthy
            #expect(report.verdict == expected)
            #expect(report.checks == checks)
        }
    }
}
