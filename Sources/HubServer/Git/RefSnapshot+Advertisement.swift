import Objects
import Wire

extension RefSnapshot {
    /// What a client that pushes is told of these references: not those that only the hub writes, which a push of all that
    /// a mirror has would ask to delete.
    var pushAdvertisement: RefAdvertisement {
        RefSnapshot(sorted: refs.filter { $0.name != .meta }, head: head).advertisement
    }

    /// What a client is told of these references.
    var advertisement: RefAdvertisement {
        let plain = refs.map { AdvertisedRef(name: $0.name.string, id: $0.id, peeled: $0.peeled) }
        if let branch = head.branch { return RefAdvertisement(plain, headTarget: branch.string) }
        guard let id = headID else { return RefAdvertisement(plain) }
        return RefAdvertisement(plain + [AdvertisedRef(name: AdvertisedRef.head, id: id)])
    }
}
