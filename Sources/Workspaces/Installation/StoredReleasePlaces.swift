package import Capsules
import Objects

/// Places that know nothing but what a lock names: the releases that it has chosen, as they lie in this workspace, or in a bundle.
///
/// A plan over what is in the workspace is empty exactly when the lock fits what is required, without a look anywhere else. A remote that is
/// not configured has the address that `amx.json` gives it; the default one needs none.
package final class StoredReleasePlaces: ReleasePlaces {
    private let workspace: Workspace
    private let lock: WorkspaceLock
    private let remotes: [String: String]
    private let bundle: BundleStore?
    private let places: any ReleasePlaces
    private var known: [String: any ReleasePlace] = [:]
    private lazy var contents = ReleaseContents(workspace)
    /// What stands for the address of a default remote that there is not: no place has such a one.
    private static let defaultAddress = "origin"

    /// Prepares; `places` are asked for addresses only, and the releases are those of `bundle`, where it is given.
    package init(
        _ workspace: Workspace, lock: WorkspaceLock, remotes: [String: String] = [:], _ places: any ReleasePlaces,
        bundle: BundleStore? = nil
    ) {
        (self.workspace, self.lock, self.remotes, self.places) = (workspace, lock, remotes, places)
        self.bundle = bundle
    }

    package func place(ofRemote name: String?) throws -> any ReleasePlace {
        do {
            return try place(at: places.place(ofRemote: name).address)
        } catch let error as AmxError where error.code == .notFound {
            guard let name else { return try place(at: Self.defaultAddress) }
            guard let address = remotes[name] else { throw error }
            return try place(at: places.place(at: address).address)
        }
    }

    package func place(of owner: OwnerName, beside address: String) throws -> any ReleasePlace {
        try place(at: places.place(of: owner, beside: address).address)
    }

    package func place(at address: String) throws -> any ReleasePlace {
        if let place = known[address] { return place }
        let place = Place(address, self)
        known[address] = place
        return place
    }

    private final class Place: ReleasePlace {
        let address: String
        // The places own this one.
        private unowned let all: StoredReleasePlaces

        init(_ address: String, _ all: StoredReleasePlaces) { (self.address, self.all) = (address, all) }

        func prefetch(_ ids: [CapsuleID]) {}

        func releases(of id: CapsuleID) throws -> FoundReleases? {
            guard let entry = all.lock[id], case .tag = entry.line else { return nil }
            let path = all.repositoryPath(id)
            guard Directory.isDirectory(path) else { return nil }
            let place: String
            switch entry.source {
            case .workspace: place = (try? all.place(ofRemote: nil).address) ?? address
            case .address(let text): place = text
            }
            guard mayLeadTo(place) else { return nil }
            let table = all.bundle == nil ? all.workspace.releaseTablePath(id, at: path) : nil
            let found = try ReleaseReader(id).releases(in: path, table: table)
            return FoundReleases(at: place, found.filter { $0.commit == entry.commit })
        }

        func content(of id: CapsuleID, _ release: Release) throws -> ReleaseContent? {
            guard all.bundle != nil else { return nil }
            return try all.contents.content(release, of: all.workspace.capsule(id), at: all.repositoryPath(id))
        }

        /// Whether the releases of this place can be those of another: only the owners of one hub know of each other.
        ///
        /// Anybody who commits the workspace can write any place into its lock.
        private func mayLeadTo(_ place: String) -> Bool {
            if place == address { return true }
            guard let owner = place.split(separator: "/").last.flatMap({ try? OwnerName(String($0)) }) else {
                return false
            }
            return (try? all.places.place(of: owner, beside: address).address) == place
        }
    }

    private func repositoryPath(_ id: CapsuleID) -> String {
        bundle?.repositoryPath(id) ?? workspace.repositoryPath(id)
    }
}
