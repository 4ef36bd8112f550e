import Capsules
import Objects

/// Tells who has releases of an id, from the references of the store. Blocking; for several threads.
struct ReleasedIDs: Sendable {
    let store: RepositoryStore

    /// Whether a repository is there and has a release.
    func has(_ address: CapsuleAddress) -> Bool {
        let path = store.directory.repositoryPath(address)
        guard Directory.isDirectory(path) else { return false }
        if let refs = RefSnapshot(unopened: path) { return Self.has(refs) }
        guard let refs = try? store.open(address).refs.snapshot() else { return false }
        return Self.has(refs)
    }

    /// Whether any of the references is a release.
    static func has(_ refs: RefSnapshot) -> Bool {
        refs.tags.contains { $0.peeled != nil && $0.name.tag?.utf8.first == UInt8(ascii: "v") }
    }

    /// The owners that have releases of an id, by name.
    func owners(of id: CapsuleID) throws(AmxError) -> [OwnerName] {
        try allOwners().filter { has(CapsuleAddress(owner: $0, name: id)) }
    }

    /// The owners that have releases, of every id but those left out; by id.
    func owners(excluding known: Set<CapsuleID>) throws(AmxError) -> [CapsuleID: [OwnerName]] {
        var addresses: [CapsuleAddress] = []
        for owner in try allOwners() {
            addresses += try store.addresses(of: owner).filter { !known.contains($0.name) }
        }
        let isReleased = WorkerThreads.map(addresses, threads: 4) { has($0) }
        var owners: [CapsuleID: [OwnerName]] = [:]
        for (address, isReleased) in zip(addresses, isReleased) where isReleased {
            owners[address.name, default: []].append(address.owner)
        }
        return owners
    }

    private func allOwners() throws(AmxError) -> [OwnerName] {
        try Directory.names(in: store.directory.storePath)
            .compactMap { try? OwnerName(String(decoding: $0, as: UTF8.self)) }
            .sorted { $0.string.utf8.lexicographicallyPrecedes($1.string.utf8) }
    }
}
