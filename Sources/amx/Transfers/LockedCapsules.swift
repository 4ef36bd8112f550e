import Capsules
import HubClient
import Objects
import Workspaces

/// The capsules that `amx.lock` names and that are not in the workspace yet.
struct LockedCapsules {
    private let workspace: Workspace
    private let lock: WorkspaceLock
    private let developed: Set<CapsuleID>
    /// Where each of them comes from.
    let legs: [TransferLeg]

    /// Looks what is missing; `shared` is the remote that the workspace comes from.
    ///
    /// Places that no remote names get one.
    init(of workspace: Workspace, shared: TransferLeg) throws {
        self.workspace = workspace
        lock = try workspace.lock() ?? WorkspaceLock()
        developed = Set(try workspace.manifest()?.develops ?? [])
        var ids: [LockedCapsule.Source: [CapsuleID]] = [:]
        for entry in lock.capsules where entry.lane == nil {
            let capsule = workspace.capsule(entry.id)
            guard try capsule.form() == nil, !Directory.exists(capsule.repositoryPath) else { continue }
            ids[entry.source, default: []].append(entry.id)
        }
        var legs: [TransferLeg] = []
        for (source, ids) in ids.sorted(by: { $0.key.text < $1.key.text }) {
            switch source {
            case .workspace:
                var leg = shared
                leg.ids = ids
                legs.append(leg)
            case .address(let address):
                let url = try RemoteURL(parsing: address, relativeTo: workspace.root)
                guard url.origin != nil || shared.place.origin == nil else {
                    throw AmxError(
                        .denied,
                        "\(WorkspaceLock.fileName) says that \(ids[0]) comes from \(address), a path of another machine",
                        hint: "ask who committed the workspace to pull it from a hub")
                }
                legs.append(try TransferLeg(Self.remote(for: url, in: workspace), .fetch, ids: ids))
            }
        }
        self.legs = legs
    }

    /// Pulls those of one remote, each as the lock says.
    func pull(_ leg: TransferLeg, _ display: ProgressDisplay) throws -> TransferBatch<CapsulePull.Pulled> {
        let (workspace, lock, developed, options) = (workspace, lock, developed, leg.options())
        return try CapsulePulls(leg, in: workspace) { id in
            CapsulePull(
                workspace.capsule(id), named: leg.remote.name, at: "\(leg.place.repository(id.string))",
                options: options,
                locked: lock[id], isDeveloped: developed.contains(id))
        }.run(skipsMissing: false, display)
    }

    /// Brings out the releases among those that have come, as one operation: it is recorded, and nothing of it counts as approved.
    func bringOut(_ come: [CapsuleID], by command: Operation.Command) throws {
        let releases = come.filter { lock[$0]?.isRelease == true }
        guard !releases.isEmpty else { return }
        let operation = try WorkspaceOperation(command, bringing: releases, in: workspace)
        let actor = EventActor.current(workspace)
        _ = try workspace.write { () throws(AmxError) in try workspace.perform(operation, by: actor) }
    }

    /// What to say of capsules that wait for an approval; nil where none does.
    static func note(of waiting: Set<CapsuleID>) -> String? {
        guard !waiting.isEmpty else { return nil }
        let names = waiting.sorted().prefix(3).map(\.string).joined(separator: ", ")
        let more = waiting.count > 3 ? " and \(waiting.count - 3) more" : ""
        return
            "\(names)\(more) \(waiting.count == 1 ? "waits" : "wait") for an approval: `amx install` shows what is asked for"
    }

    private static func remote(for url: RemoteURL, in workspace: Workspace) throws(AmxError) -> Remote {
        let remotes = try workspace.remotes()
        if let known = remotes.first(where: { $0.url == url.text }) { return known }
        let last = url.description.split(separator: "/").last.map(String.init) ?? ""
        let base = CapsuleID.derived(from: last)?.string ?? "source"
        var name = base
        var number = 2
        while remotes.contains(where: { $0.name == name }) {
            name = "\(base)-\(number)"
            number += 1
        }
        let remote = Remote(name: name, url: url.text)
        try workspace.write { () throws(AmxError) in try workspace.addRemote(remote) }
        return remote
    }
}
