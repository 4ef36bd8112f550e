package import Capsules
package import Objects

/// A place beside the store where a capsule's repository waits.
package enum HeldRepository: String, Sendable, Hashable, CaseIterable {
    /// What was fetched for an operation that has not happened yet.
    case incoming
    /// What was removed, and can be had back for a while.
    case removed
}

extension Workspace {
    /// The folder of the repositories that wait in one of the places.
    package func directory(of place: HeldRepository) -> String { "\(metadata)/\(place.rawValue)" }

    /// Where a capsule's repository waits; it may not be there.
    package func repositoryPath(_ id: CapsuleID, _ place: HeldRepository) -> String {
        "\(directory(of: place))/\(id).git"
    }

    /// Where a capsule's repository lies: nil for the store. It may not be anywhere; then that is nil too.
    package func heldPlace(_ id: CapsuleID) -> HeldRepository? {
        Directory.exists(repositoryPath(id)) ? nil : waitingPlace(id)
    }

    private func waitingPlace(_ id: CapsuleID) -> HeldRepository? {
        [HeldRepository.removed, .incoming].first { Directory.exists(repositoryPath(id, $0)) }
    }

    /// A capsule's repository, in the store or waiting; nil when there is none.
    package func anyRepository(_ id: CapsuleID) throws(AmxError) -> Repository? {
        if let repository = try capsule(id).repository() { return repository }
        guard let place = waitingPlace(id) else { return nil }
        return try Repository(opening: repositoryPath(id, place))
    }
}
