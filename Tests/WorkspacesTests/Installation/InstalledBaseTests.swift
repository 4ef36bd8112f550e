import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

/// What waits for an approval is what lies here, whichever release the lock is made to name.
@Suite struct InstalledBaseTests {
    private let fixture: OperationFixture
    private let id: CapsuleID
    private var workspace: Workspace { fixture.workspace }

    /// A workspace into which `d` 1.0.0 has come without an approval, and which has `d` 2.0.0, that asks for nothing, in its repository.
    init() throws {
        fixture = try OperationFixture()
        id = try CapsuleID("d")
        try fixture.release("d 1.0.0", asks: ["secrets"], to: "write")
        try fixture.release("d 2.0.0")
        for name in ["b", "d"] { try fixture.bring(name) }
        try fixture.perform(fixture.operation(.add, ["b 1.0.0", "d 1.0.0"], requires: ["b", "d"]))
    }

    private func entry(_ text: String, digest: ContentDigest? = nil, commit: ObjectID? = nil) throws -> LockedCapsule {
        let entry = try #require(try fixture.lock([text]).capsules.first)
        return LockedCapsule(
            id: entry.id, version: entry.version, line: entry.line, commit: commit ?? entry.commit, tree: entry.tree,
            digest: digest ?? entry.digest, source: entry.source, requestedBy: entry.requestedBy)
    }

    /// The lock with another entry of `d`.
    private func lock(_ entry: LockedCapsule) throws -> WorkspaceLock {
        WorkspaceLock(try fixture.lock(["b 1.0.0"]).capsules + [entry])
    }

    /// The locks that somebody could write so that `d` 1.0.0 does not wait.
    private func forged() throws -> [WorkspaceLock] {
        let here = try entry("d 1.0.0")
        let nowhere = try #require(ObjectID(hex: String(repeating: "d", count: 40)))
        return try [
            entry("d 2.0.0"), entry("d 2.0.0", digest: here.digest), entry("d 1.0.0", commit: nowhere),
        ].map(lock)
    }

    @Test func whatLiesHereWaitsWhateverTheLockNames() throws {
        let honest = try lock(entry("d 1.0.0"))
        #expect(try WaitingApprovals(honest, in: workspace).ids == [id])
        for lock in try forged() {
            let installed = try workspace.installedCapsules(lock)
            #expect(try installed[id]?.isCurrent == false && installed[id]?.base == entry("d 1.0.0").commit)
            let waiting = try WaitingApprovals(among: installed, in: workspace)
            #expect(waiting.ids == [id])
            #expect(try waiting.demands.map(\.digest) == [entry("d 1.0.0").digest])
            #expect(waiting.demands.first?.changes.map(\.subject) == ["write on secrets"])
        }
    }

    /// Nothing is approved while something else lies here than the lock names, but for what comes in its place.
    @Test(arguments: [false, true]) func whatIsNotWhatTheLockNamesIsRefused(isApproved: Bool) throws {
        if isApproved {
            var operation = try fixture.operation(.install, ["b 1.0.0", "d 1.0.0"], requires: ["b", "d"])
            let here = try entry("d 1.0.0")
            let manifest = try workspace.capsule(id).manifest(
                ofTree: here.tree, in: workspace.capsule(id).existingRepository())
            operation.approvals.approvals = [Approval(of: manifest, digest: here.digest)]
            try fixture.perform(operation)
            #expect(try WaitingApprovals(lock(here), in: workspace).ids.isEmpty)
        }
        for lock in try forged() {
            let waiting = try WaitingApprovals(lock, in: workspace)
            #expect(waiting.ids.contains(id) != isApproved)
            var review = try InstallationReview(
                InstallationPlan(steps: [], departures: [], lock: lock, moves: [], dropped: []), in: workspace)
            let error = #expect(throws: AmxError.self) { try review.add(waiting) }
            #expect(
                error?.code == .verification && error?.message.hasPrefix("d is at ") == true,
                "\(String(describing: error))")
            let health = workspace.capsule(id).health(lock: lock, waiting: waiting.ids)
            #expect(health.verdict == .unhealthy && health.needsApproval != isApproved)
            #expect(health.checks.first { $0.name == .dataIntegrity }?.detail.hasPrefix("it is at ") == true)
        }
        let honest = try lock(entry("d 1.0.0"))
        #expect(workspace.capsule(id).health(lock: honest).verdict == .healthy)
    }

    /// However a lock is written, what it installs is found.
    @Test(arguments: ["\"tag\":", "\"tag\" :", "\"tag\"\n:", "\"t\\u0061g\":", "\"\\u0074ag\" :"])
    func aLockIsReadHoweverItIsWritten(member: String) throws {
        let text = String(decoding: try #require(try workspace.documents().lock), as: UTF8.self)
        let written = text.replacing("\"tag\":", with: member)
        #expect((written == text) == (member == "\"tag\":"))
        try AtomicFile.write(Array(written.utf8), to: workspace.workspaceLockPath)
        #expect(try workspace.installedIDs().map(\.string).sorted() == ["b", "d"])
        #expect(try workspace.lock().map(workspace.operationIDs) == workspace.installedIDs())
    }

    /// Where the lock's release comes, that is asked for and not what goes.
    @Test func whatComesInItsPlaceIsAskedForByItself() throws {
        let lock = try lock(entry("d 2.0.0"))
        let releases = try ReleaseReader(id).releases(in: workspace.repositoryPath(id))
        let step = InstallationPlan.Step(
            id: id, old: try workspace.capsule(id).installedRelease(),
            release: try #require(releases.first { $0.version.text == "2.0.0" }), address: "hub/acme",
            requestedBy: ["workspace"])
        var review = try InstallationReview(
            InstallationPlan(steps: [step], departures: [], lock: lock, moves: [], dropped: []), in: workspace)
        try review.add(WaitingApprovals(lock, in: workspace))
        #expect(review.demands.isEmpty && !review.waiting.ids.contains(id))
    }
}
