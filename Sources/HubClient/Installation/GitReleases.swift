import Capsules
import Objects
import Synchronization
import Versions
import Workspaces

/// Asks git servers that are no hubs for the releases of capsules, many at once, over connections that stay open.
///
/// A listing of a repository's tags tells whether anything is new since the last one, which a table in the workspace's cache remembers; of what is new
/// only tags, trees and manifests are fetched, where the server can do that. Calls block; for several threads.
///
/// Source: `docs/protocol.md`, section 12.
final class GitReleases: Sendable {
    typealias Answer = Result<[Release]?, any Error>

    /// How many connections are used at once.
    static let connections = 16

    private let workspace: Workspace
    private let fetch: ReleaseFetch
    private let connectors: LendingPool<RemoteConnector>
    private let group: SyncGroup
    /// What would fail for every other repository of the same server, too.
    private let failures = Mutex<[Origin: AmxError]>([:])
    /// How many answers there were.
    private let count = Mutex(0)

    /// Prepares; `fetch` brings whole repositories where nothing less can be had.
    init(
        _ workspace: Workspace, _ fetch: ReleaseFetch,
        connector makeConnector: @escaping @Sendable () -> RemoteConnector
    ) {
        self.workspace = workspace
        self.fetch = fetch
        connectors = LendingPool(makeConnector)
        group = SyncGroup(on: workspace.syncedFolders)
    }

    /// Asks for the releases of capsules, and of what the newest of these need at the same place; what is to be `skipped` is not followed.
    ///
    /// A capsule that the server does not have has nil. When the server cannot be reached, those that are still to be asked for fail at once.
    func releases(of ids: [CapsuleID], at url: RemoteURL, skipping skipped: [Set<CapsuleID>]) -> [CapsuleID: Answer] {
        guard case .web(let address) = url, !ids.isEmpty else { return [:] }
        failures.withLock { $0 = [:] }
        let asked = Set(ids)
        let answers = Mutex<[CapsuleID: Answer]>([:])
        let depths = Mutex<[CapsuleID: Int]>([:])
        WorkerThreads.visit(ids, threads: Self.connections) { id in
            let answer = self.answer(id, at: url, address)
            answers.withLock { $0[id] = answer }
            // A server may say for ever that something more is needed: then it is the resolution that ends it.
            let isTooMuch = self.count.withLock { count in
                count += 1
                return count > Limits.standard.resolutionCapsules
            }
            guard !isTooMuch, case .success(let releases?) = answer else { return [] }
            let needs = Self.needs(of: releases).filter { id in
                !asked.contains(id) && !skipped.contains { $0.contains(id) }
            }
            return depths.withLock { depths in
                let depth = depths[id, default: 0] + 1
                guard depth <= Limits.standard.resolutionDepth else { return [] }
                for need in needs where depths[need] == nil { depths[need] = depth }
                return needs
            }
        }
        return answers.withLock { $0 }
    }

    /// What an earlier listing has said of a capsule, and how many seconds ago; nil when nothing is kept.
    func kept(_ id: CapsuleID, at url: RemoteURL) -> (releases: [Release], age: Int64)? {
        guard case .web(let address) = url else { return nil }
        let path = table(of: id, at: address)
        guard let age = ReleaseTable.age(of: path), let table = ReleaseTable(at: path, of: id) else { return nil }
        return (table.releases, age)
    }

    /// The capsules that the newest release needs, which a solve will most likely ask for; whoever names an owner asks elsewhere.
    private static func needs(of releases: [Release]) -> [CapsuleID] {
        let usable = releases.filter { $0.problem == nil }
        let newest = usable.last { $0.version.prerelease.isEmpty } ?? usable.last
        return (newest?.dependencies ?? []).filter { $0.kind != .development && $0.owner == nil }.map(\.id)
    }

    private func answer(_ id: CapsuleID, at url: RemoteURL, _ address: WebAddress) -> Answer {
        if let failure = failures.withLock({ $0[address.origin] }) { return .failure(failure) }
        return group.perform(running: Self.connections) {
            do {
                return .success(try self.connectors.with { try self.look(id, at: url, address, $0) })
            } catch let error as AmxError {
                // A token that is missing may be so for one repository only.
                if error.code == .interrupted || (error.concernsPlace && error.code != .authentication) {
                    self.failures.withLock { $0[address.origin] = error }
                }
                return .failure(error)
            } catch {
                return .failure(error)
            }
        }
    }

    private func look(
        _ id: CapsuleID, at url: RemoteURL, _ address: WebAddress, _ connector: RemoteConnector
    ) throws -> [Release]? {
        let remote = try connector.repository(id, at: address)
        let tags: [Ref]
        do {
            tags = try remote.releaseTags()
        } catch let error as AmxError where error.code == .notFound {
            return nil
        }
        // The capsule is there: that something of it cannot be found is a failure, and not its absence.
        var releases = ListedReleases(of: id, listed: tags, table: table(of: id, at: address))
        if !releases.unread.isEmpty { try read(&releases, of: id, from: remote, at: url, connector) }
        return try releases.finish()
    }

    /// Reads what is new: from what is here already, then from parts of the repository, then from all of it.
    private func read(
        _ releases: inout ListedReleases, of id: CapsuleID, from remote: SmartHTTPRemote, at url: RemoteURL,
        _ connector: RemoteConnector
    ) throws {
        let here = try workspace.anyRepository(id)
        if let here { releases.read(here) }
        guard !releases.unread.isEmpty else { return }
        let path = workspace.temporaryReleasePath()
        defer { try? Directory.remove(path) }
        let scratch = try Repository.create(at: path, isTemporary: true)
        let reading = PartialReading(remote: remote, scratch: scratch) { self.fetch.progress(id, $0) }
        // What has come since is less than all files of what is new, and is of use later.
        try reading.read(&releases, filteredOnly: here != nil)
        guard !releases.unread.isEmpty else { return }
        releases.read(try Repository(opening: fetch.fetch(id, from: url, connector).path))
    }

    private func table(of id: CapsuleID, at address: WebAddress) -> String {
        workspace.releaseTablePath(id, at: address.appending("\(id).git").text)
    }
}
