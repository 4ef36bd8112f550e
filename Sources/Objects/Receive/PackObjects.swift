/// The objects that came with a pack: which, of what kind and size.
struct PackObjects {
    private let ids: [ObjectID]
    private let kinds: [ObjectKind]
    private let sizes: [UInt32]

    /// No objects.
    init() {
        ids = []
        kinds = []
        sizes = []
    }

    /// Takes the resolved entries that `order` lists by ascending id.
    init(entries: [PackEntry], ids: [ObjectID], order: [UInt32]) {
        self.ids = order.map { ids[Int($0)] }
        kinds = order.map { entries[Int($0)].kind ?? .blob }
        sizes = order.map { entries[Int($0)].objectSize }
    }

    /// Takes objects that are sorted by id.
    init(sorted objects: [(id: ObjectID, kind: ObjectKind, size: UInt32)]) {
        ids = objects.map(\.id)
        kinds = objects.map(\.kind)
        sizes = objects.map(\.size)
    }

    var count: Int { ids.count }

    /// An object's kind and size in bytes; nil when it did not come with the pack.
    subscript(id: ObjectID) -> (kind: ObjectKind, size: Int)? {
        let at = ids.partitioningIndex { $0 >= id }
        guard at < ids.count, ids[at] == id else { return nil }
        return (kinds[at], Int(sizes[at]))
    }

    /// The ids of one kind, ascending.
    func ids(of kind: ObjectKind) -> [ObjectID] {
        ids.indices.compactMap { kinds[$0] == kind ? ids[$0] : nil }
    }
}
