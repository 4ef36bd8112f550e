package import Capsules
import Objects

/// Places that know nothing but what a lock names: the releases that it has chosen, as they lie in this workspace.
///
/// A plan over these is empty exactly when the lock fits what is required, without a look anywhere else.
package final class StoredReleasePlaces: ReleasePlaces {
    private let workspace: Workspace
    private let lock: WorkspaceLock
    private let places: any ReleasePlaces
    private var known: [String: any ReleasePlace] = [:]

    /// Prepares; `places` are asked for addresses only.
    package init(_ workspace: Workspace, lock: WorkspaceLock, _ places: any ReleasePlaces) {
        (self.workspace, self.lock, self.places) = (workspace, lock, places)
    }

    package func place(ofRemote name: String?) throws -> any ReleasePlace {
        try place(at: places.place(ofRemote: name).address)
    }

    package func place(of owner: OwnerName, beside address: String) throws -> any ReleasePlace {
        try place(at: places.place(of: owner, beside: address).address)
    }

    package func place(at address: String) throws -> any ReleasePlace {
        if let place = known[address] { return place }
        let place = Place(address, places, workspace, lock)
        known[address] = place
        return place
    }

    private final class Place: ReleasePlace {
        let address: String
        private let places: any ReleasePlaces
        private let workspace: Workspace
        private let lock: WorkspaceLock

        init(_ address: String, _ places: any ReleasePlaces, _ workspace: Workspace, _ lock: WorkspaceLock) {
            (self.address, self.places, self.workspace, self.lock) = (address, places, workspace, lock)
        }

        func prefetch(_ ids: [CapsuleID]) {}

        func releases(of id: CapsuleID) throws -> FoundReleases? {
            guard let entry = lock[id], case .tag = entry.line, Directory.isDirectory(workspace.repositoryPath(id))
            else { return nil }
            let place: String
            switch entry.source {
            case .workspace: place = (try? places.place(ofRemote: nil).address) ?? address
            case .address(let text): place = text
            }
            guard mayLeadTo(place) else { return nil }
            let path = workspace.repositoryPath(id)
            let all = try ReleaseReader(id).releases(in: path, table: workspace.releaseTablePath(id, at: path))
            return FoundReleases(at: place, all.filter { $0.commit == entry.commit })
        }

        /// Whether the releases of this place can be those of another: only the owners of one hub know of each other.
        ///
        /// Anybody who commits the workspace can write any place into its lock.
        private func mayLeadTo(_ place: String) -> Bool {
            if place == address { return true }
            guard let owner = place.split(separator: "/").last.flatMap({ try? OwnerName(String($0)) }) else {
                return false
            }
            return (try? places.place(of: owner, beside: address).address) == place
        }
    }
}
