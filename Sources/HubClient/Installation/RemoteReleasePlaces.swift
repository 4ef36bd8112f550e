package import Capsules
package import Objects
import Synchronization
import Versions
package import Workspaces

/// The places that a workspace's requirements can name, and what brings releases from there.
///
/// Used by one thread; calls block.
package final class RemoteReleasePlaces: ReleasePlaces {
    let workspace: Workspace
    let isOffline: Bool
    private let makeConnector: @Sendable () -> RemoteConnector
    private let connector: RemoteConnector
    private let progress: @Sendable (CapsuleID, TransferProgress) -> Void
    private let remotes: [Remote]
    private let makeRegistry: () throws -> RegistryClient
    private var knownRegistry: RegistryClient?
    private var knownGit: GitReleases?
    private var oldestKept: Int64?
    /// What is not asked for anywhere but where the workspace wants it from.
    private(set) var settled: Set<CapsuleID> = []
    private var places: [String: any ReleasePlace] = [:]
    /// The places by the names of remotes, and the default one. The configuration is read once for each.
    private var named: [String: any ReleasePlace] = [:]
    private var defaultPlace: (any ReleasePlace)?
    private lazy var contents = ReleaseContents(workspace)

    /// Prepares; each thread makes a connector of its own. With `isOffline`, the network is not used, and what was fetched before answers.
    package init(
        _ workspace: Workspace, isOffline: Bool = false,
        progress: @escaping @Sendable (CapsuleID, TransferProgress) -> Void = { _, _ in },
        registry makeRegistry: @escaping () throws -> RegistryClient,
        connector makeConnector: @escaping @Sendable () -> RemoteConnector
    ) throws(AmxError) {
        self.workspace = workspace
        self.isOffline = isOffline
        self.makeConnector = makeConnector
        self.makeRegistry = makeRegistry
        connector = makeConnector()
        self.progress = progress
        remotes = try workspace.remotes()
    }

    package func place(ofRemote name: String?) throws -> any ReleasePlace {
        if let known = name.map({ named[$0] }) ?? defaultPlace { return known }
        let remote = try name.map { (name) throws(AmxError) in try workspace.remote(name) } ?? workspace.defaultRemote()
        let place = try place(at: RemoteURL(parsing: remote.url, relativeTo: workspace.root))
        if let name { named[name] = place } else { defaultPlace = place }
        return place
    }

    package func place(at address: String) throws -> any ReleasePlace {
        if let known = places[address] { return known }
        if let file = FileSource(address) {
            let place = FilePlace(file, in: workspace, contents)
            places[address] = place
            return place
        }
        return try place(at: RemoteURL(parsing: address, relativeTo: workspace.root))
    }

    package func place(of owner: OwnerName, beside address: String) throws -> any ReleasePlace {
        let url = try RemoteURL(parsing: address, relativeTo: workspace.root)
        guard let other = url.owned(by: owner) else {
            throw AmxError(
                .failure, "cannot find the owner \(owner): \(address) is not an owner's address on a hub",
                hint: "give the requirement a `remote` whose address ends in an owner's name")
        }
        return try place(at: other)
    }

    private func place(at url: RemoteURL) throws -> any ReleasePlace {
        if let known = places[url.text] { return known }
        let place: any ReleasePlace =
            switch url {
            case .path(let path): FolderPlace(path, in: workspace, contents)
            case .web: ServerPlace(url, self)
            }
        places[url.text] = place
        return place
    }

    /// What asks hubs for indexes; made when it is first needed.
    func registry() throws -> RegistryClient {
        if let knownRegistry { return knownRegistry }
        let new = try makeRegistry()
        knownRegistry = new
        return new
    }

    /// What asks git servers for listings of tags; made when it is first needed.
    func git() -> GitReleases {
        if let knownGit { return knownGit }
        let new = GitReleases(workspace, releaseFetch, connector: makeConnector)
        knownGit = new
        return new
    }

    package func note(settled ids: Set<CapsuleID>) { settled.formUnion(ids) }

    /// Notes how old an answer is that was given without the network.
    func note(age: Int64) { oldestKept = max(oldestKept ?? 0, age) }

    /// How many seconds old the oldest of what was answered without the network is; nil when servers were asked, or nothing is from them.
    package var oldestAnswer: Int64? {
        [knownRegistry?.oldestAnswer, oldestKept].compactMap(\.self).max()
    }

    // MARK: Fetching

    /// Brings releases to where an operation finds them, several at a time; what is there already costs nothing.
    ///
    /// They have passed the checks of a push when this returns, and are durable. A capsule that is not in the workspace yet waits in
    /// `HeldRepository.incoming`. Throws the first failure with the index of its release; what came stays where it is. With a `bundle` all
    /// comes from there, whatever the place.
    package func bring(
        _ wanted: [WantedRelease], of bundle: BundleStore? = nil
    ) throws(WantedRelease.Failure) {
        let missing = wanted.enumerated().filter { !isHere($0.element) }
        guard !missing.isEmpty else { return }
        let (fetch, makeConnector) = (releaseFetch, makeConnector)
        let group = missing.count < SyncGroup.leastItems ? nil : SyncGroup(on: workspace.syncedFolders)
        let next = Atomic(0)
        let failure = Mutex<WantedRelease.Failure?>(nil)
        WorkerThreads.run(min(group == nil ? 4 : 32, missing.count)) {
            let connector = makeConnector()
            while failure.withLock({ $0 == nil }) {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < missing.count else { return }
                let (place, item) = missing[index]
                let work = {
                    do {
                        if let bundle {
                            try fetch.bring(item, of: bundle, connector)
                        } else {
                            try fetch.bring(item, connector)
                        }
                    } catch {
                        failure.withLock { $0 = $0 ?? WantedRelease.Failure(index: place, error: error) }
                    }
                }
                if let group { group.perform(running: 4, work) } else { work() }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Whether a release is here with its tag: a process that was killed may have left its objects alone.
    private func isHere(_ item: WantedRelease) -> Bool { has(item.id, item.version, item.commit) }

    /// Whether the release that a lock names is here with its tag.
    package func has(_ entry: LockedCapsule) -> Bool { has(entry.id, entry.version.text, entry.commit) }

    private func has(_ id: CapsuleID, _ version: String, _ commit: ObjectID) -> Bool {
        guard let repository = try? workspace.anyRepository(id), repository.contains(commit),
            let name = RefName(tag: "v\(version)"), let refs = try? repository.refs.snapshot()
        else { return false }
        return refs[name]?.commit == commit
    }

    /// What the branches of an address were when a capsule was fetched from there last.
    func branches(of repository: Repository, at address: String) throws(AmxError) -> [ObjectID] {
        TrackingRefs(remote: releaseFetch.remoteName(of: address)).all(in: try repository.refs.snapshot()).map(\.id)
    }

    private var releaseFetch: ReleaseFetch {
        ReleaseFetch(workspace: workspace, remotes: remotes, isOffline: isOffline, progress: progress)
    }

    /// Fetches a capsule's branches and releases, and returns the path of its repository and the references there.
    ///
    /// `.notFound` when the place has no such capsule.
    func fetch(_ id: CapsuleID, from place: RemoteURL) throws -> (path: String, there: RemoteRefs) {
        try releaseFetch.fetch(id, from: place, connector)
    }
}

extension RemoteURL {
    /// The address of another owner on the same hub; nil for what is no hub's owner.
    func owned(by owner: OwnerName) -> RemoteURL? {
        guard case .web(let address) = self, let slash = address.path.lastIndex(of: "/") else { return nil }
        let base = String(address.path[..<slash])
        return .web(
            WebAddress(origin: address.origin, path: base, user: address.user).appending(owner.string))
    }
}
