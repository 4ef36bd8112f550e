import Capsules
import Objects
import Testing
import Versions

@testable import Workspaces

/// A workspace that plans over a table of places.
struct PlannerFixture {
    let base: WorkspaceFixture
    private var manifest: WorkspaceManifest
    var lock = WorkspaceLock()
    var wanted: [CapsuleID: SemanticVersion] = [:]
    var amxVersion: SemanticVersion?
    var limits = Limits()

    init() throws {
        base = try WorkspaceFixture()
        manifest = try #require(try base.workspace.manifest())
    }

    /// Requires a capsule: `"[owner/]id CONSTRAINT"`.
    mutating func require(
        _ text: String, _ kind: Dependency.Kind = .required, remote: String? = nil
    ) throws {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        let parts = words[0].split(separator: "/").map(String.init)
        manifest.require(
            try CapsuleID(parts[parts.count - 1]), owner: try parts.count > 1 ? OwnerName(parts[0]) : nil,
            try VersionConstraint(parsing: words[1]), kind, remote: remote)
    }

    mutating func remove(_ id: String) throws { #expect(manifest.remove(try CapsuleID(id))) }

    /// Develops a capsule here with this version and these dependencies.
    func develop(_ id: String, _ version: String, _ needs: [String: String] = [:], dev: [String: String] = [:]) throws {
        let capsule = try base.new(id)
        func list(_ needs: [String: String]) -> JSONValue {
            .object(JSONObject(needs.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        }
        let manifest: JSONValue = [
            "id": .string(id), "name": .string(id), "version": .string(version), "dependencies": list(needs),
            "devDependencies": list(dev),
        ]
        try base.write(capsule, Manifest.fileName, JSONWriter.text(manifest))
    }

    /// Locks releases, each `"id 1.2.0"`, as they are at a place; those of `default` beside the workspace.
    mutating func locking(_ releases: [String], at owner: String? = nil, salt: String = "") throws {
        let entries = try releases.map { text in
            let (id, release) = try TablePlaces.release(text, salt: salt)
            return LockedCapsule(
                id: id, version: release.version, line: .tag(release.name), commit: release.commit, tree: release.tree,
                digest: LifecycleFixture.digest(text), source: owner.map { .address("hub/\($0)") } ?? .workspace,
                requestedBy: ["workspace"])
        }
        lock = WorkspaceLock(lock.capsules + entries)
    }

    func planner(_ places: any ReleasePlaces) throws -> InstallationPlanner {
        try InstallationPlanner(
            base.workspace, requirements: manifest.requirements, lock: lock, places: places, wanted: wanted,
            amxVersion: amxVersion, limits: limits)
    }

    func plan(_ places: any ReleasePlaces, _ update: ResolutionRequest.Update = .nothing) throws -> InstallationPlan {
        try planner(places).plan(update)
    }

    /// The lock that a plan comes to, an entry a line: `"id 1.2.0 PLACE < WHO"`.
    func locked(_ places: any ReleasePlaces, _ update: ResolutionRequest.Update = .nothing) throws -> [String] {
        try plan(places, update).lock.capsules.map {
            "\($0.id) \($0.version) \($0.source.text) < \($0.requestedBy.joined(separator: " "))"
        }
    }

    /// The error of a plan that cannot be.
    func error(_ places: any ReleasePlaces, _ update: ResolutionRequest.Update = .nothing) throws -> AmxError {
        do {
            let plan = try plan(places, update)
            throw TestError(found: "\(plan.lock.capsules.map { "\($0.id) \($0.version)" })")
        } catch let conflict as InstallationConflict {
            return conflict.error
        } catch let error as AmxError {
            return error
        }
    }

    /// That something was planned that should not be.
    private struct TestError: Error { let found: String }
}
