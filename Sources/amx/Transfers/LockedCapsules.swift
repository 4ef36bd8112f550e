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
    /// Those whose place is asked for nothing, since no remote names it.
    let leftOut: [LockedCapsule]
    /// The remotes that were added for them.
    let added: [Remote]
    /// Releases whose repositories came with an earlier command, which could not bring them out.
    private let unfinished: [LockedCapsule]
    /// Those that come from files of the workspace itself, which are here.
    private let filed: [LockedCapsule]

    /// Looks what is missing; `shared` is the remote that the workspace comes from.
    ///
    /// Only places are asked that a remote names, of the configuration or, which is told before, of `amx.json`; all of these where
    /// `addsAll`, else those that something missing comes from. What is developed here gets a remote, to which it can be pushed.
    /// Where the `lock` is known, it is not read again.
    init(
        of workspace: Workspace, lock known: WorkspaceLock? = nil, shared: TransferLeg, addsAll: Bool = false,
        _ output: Output
    ) throws {
        self.workspace = workspace
        let lock = try known ?? workspace.lock() ?? WorkspaceLock()
        self.lock = lock
        let manifest = try workspace.manifest()
        developed = Set(manifest?.develops ?? [])
        var entries: [LockedCapsule.Source: [LockedCapsule]] = [:]
        for entry in lock.capsules where entry.lane == nil {
            let capsule = workspace.capsule(entry.id)
            guard try capsule.form() == nil, !Directory.exists(capsule.repositoryPath) else { continue }
            entries[entry.source, default: []].append(entry)
        }
        unfinished = try workspace.unfinishedReleases(lock)
        let origins = Set(entries.keys.compactMap { Self.url($0, in: workspace)?.origin })
        var added = try Self.addRemotes(of: manifest, in: workspace, for: addsAll ? nil : origins, output)
        var known = KnownPlaces(try workspace.remotes(), relativeTo: workspace.root)
        known.add(shared.place)
        var legs: [TransferLeg] = []
        var leftOut: [LockedCapsule] = []
        var filed: [LockedCapsule] = []
        for (source, entries) in entries.sorted(by: { $0.key.text < $1.key.text }) {
            guard case .address = source else {
                var leg = shared
                leg.ids = entries.map(\.id)
                legs.append(leg)
                continue
            }
            if let file = FileSource(source.text) {
                if Directory.exists(workspace.path(of: file)) { filed += entries } else { leftOut += entries }
                continue
            }
            guard let url = Self.url(source, in: workspace), known.contains(url) else {
                leftOut += entries
                continue
            }
            // An installed capsule is never pushed: its place needs no name.
            for group in [entries.filter(\.isRelease), entries.filter { !$0.isRelease }] where !group.isEmpty {
                let remote = try Self.remote(for: url, in: workspace, adding: !group[0].isRelease)
                if remote.isNew {
                    added.append(remote.remote)
                    try output.warn(
                        "\(WorkspaceLock.fileName) names \(url), which is added as the remote \(remote.remote.name)")
                }
                legs.append(try TransferLeg(remote.remote, .fetch, ids: group.map(\.id)))
            }
        }
        (self.legs, self.leftOut, self.added, self.filed) = (legs, leftOut, added, filed)
    }

    /// Adds remotes that `amx.json` names, but none whose name or address one has here already; those of some origins, or all. What cannot
    /// be a remote is told and left out.
    private static func addRemotes(
        of manifest: WorkspaceManifest?, in workspace: Workspace, for origins: Set<Origin>?, _ output: Output
    ) throws -> [Remote] {
        guard origins?.isEmpty != true else { return [] }
        var added: [Remote] = []
        for (name, address) in (manifest?.remotes ?? [:]).sorted(by: { $0.key < $1.key }) {
            let url: RemoteURL
            do throws(AmxError) {
                url = try RemoteURL(parsing: address, relativeTo: workspace.root)
            } catch {
                try output.warn(
                    "\(WorkspaceManifest.fileName) names the remote \(name), which is left out: \(error.message)")
                continue
            }
            let remotes = try workspace.remotes()
            guard let origin = url.origin, origins?.contains(origin) != false,
                !remotes.contains(where: { $0.name == name || $0.url == url.text })
            else { continue }
            try output.warn("\(WorkspaceManifest.fileName) names the remote \(name), which is added and asked: \(url)")
            let remote = Remote(name: name, url: url.text)
            try workspace.write { () throws(AmxError) in try workspace.addRemote(remote) }
            added.append(remote)
        }
        return added
    }

    private static func url(_ source: LockedCapsule.Source, in workspace: Workspace) -> RemoteURL? {
        guard case .address(let address) = source, FileSource(address) == nil else { return nil }
        return try? RemoteURL(parsing: address, relativeTo: workspace.root)
    }

    /// What to warn of where capsules were left out, a line for each place. The lock is somebody else's text: no secret in it is shown, and
    /// what is there to be copied is one word for a shell.
    var warnings: [String] {
        Dictionary(grouping: leftOut, by: \.source).sorted { $0.key.text < $1.key.text }.map { source, entries in
            let names = entries.prefix(3).map(\.id.string).joined(separator: ", ")
            let more = entries.count > 3 ? " and \(entries.count - 3) more" : ""
            if let file = FileSource(source.text) {
                return
                    "left out: \(names)\(more), since nobody but whoever installed it has the file \(file.path) that \(WorkspaceLock.fileName) names; with a copy of it, `amx install FILE.kc`"
            }
            let advice =
                if let url = Self.url(source, in: workspace) {
                    "which no remote does; if you trust it, `amx remote add NAME \(ShellWord.quoted("\(url)"))`, then `amx pull`"
                } else {
                    "which is no address that can be asked"
                }
            return
                "left out: \(names)\(more), since \(WorkspaceLock.fileName) names \(WebAddress.masked(source.text)), \(advice)"
        }
    }

    /// The same for `--json`.
    var json: JSONValue {
        .array(leftOut.map { ["id": .string($0.id.string), "source": .string(WebAddress.masked($0.source.text))] })
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

    /// Gets those that come from files of the workspace, each as the lock says, and returns them.
    func bringFiles(_ display: ProgressDisplay) throws -> [CapsuleID] {
        guard !filed.isEmpty else { return [] }
        let places = try InstallationRun.places(workspace, isOffline: true, display)
        do throws(WantedRelease.Failure) {
            try places.bring(filed.map { WantedRelease($0, at: $0.source.text) })
        } catch { throw error.error }
        return filed.map(\.id)
    }

    /// Brings out the releases among those that have come, and those that came before and were not brought out, as one operation: it is
    /// recorded, and nothing of it counts as approved. Returns which came before.
    @discardableResult
    func bringOut(_ come: [CapsuleID], by command: Operation.Command) throws -> [LockedCapsule] {
        let releases = come.filter { lock[$0]?.isRelease == true } + unfinished.map(\.id)
        if !releases.isEmpty { try Self.bringOut(releases, by: command, in: workspace) }
        return unfinished
    }

    /// Brings out what came before and was not brought out, where nothing is known of what else is missing. Returns what it was.
    static func bringOutUnfinished(in workspace: Workspace) throws -> [LockedCapsule] {
        let unfinished = try workspace.unfinishedReleases(workspace.lock() ?? WorkspaceLock())
        if !unfinished.isEmpty { try bringOut(unfinished.map(\.id), by: .pull, in: workspace) }
        return unfinished
    }

    private static func bringOut(
        _ releases: [CapsuleID], by command: Operation.Command, in workspace: Workspace
    ) throws {
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

    /// The remote of an address; one that has none is added under a name that is free, or only gets a name for what is fetched.
    private static func remote(
        for url: RemoteURL, in workspace: Workspace, adding: Bool
    ) throws(AmxError) -> (remote: Remote, isNew: Bool) {
        let remotes = try workspace.remotes()
        if let known = remotes.first(where: { $0.url == url.text }) { return (known, false) }
        guard adding else { return (Remote(name: ReleasePlaceName.name(of: url.text), url: url.text), false) }
        let last = url.description.split(separator: "/").last.map(String.init) ?? ""
        let derived = CapsuleID.derived(from: last)?.string.replacing(".", with: "-") ?? "source"
        let base = RefName.isRemote(derived) ? derived : "source"
        var name = base
        var number = 2
        while remotes.contains(where: { $0.name == name }) {
            name = "\(base)-\(number)"
            number += 1
        }
        let remote = Remote(name: name, url: url.text)
        try workspace.write { () throws(AmxError) in try workspace.addRemote(remote) }
        return (remote, true)
    }
}
