import Objects

/// What the tag of a release reaches, apart from the content that the release's own tree holds.
struct ReleaseHistory {
    /// In the order of a bundle's pack: tags, commits, trees, blobs, each kind by ascending ids.
    let objects: [PackObject]

    /// Walks a repository that has all of it.
    init(of tag: ObjectID, without tree: ObjectID, in repository: Repository) throws(AmxError) {
        let walk = ObjectWalk(repository)
        let content = Set(try walk.objects(wants: [tree], haves: []).map(\.id))
        var found: [(rank: Int, id: ObjectID)] = []
        for object in try walk.objects(wants: [tag], haves: []) where !content.contains(object.id) {
            guard let kind = try repository.header(object.id)?.kind else {
                throw AmxError(.notFound, "object \(object.id) is not here", hint: AmxError.damagedStore)
            }
            found.append((Self.rank(of: kind), object.id))
        }
        found.sort { $0.rank == $1.rank ? $0.id < $1.id : $0.rank < $1.rank }
        objects = found.map { PackObject(id: $0.id) }
    }

    private static func rank(of kind: ObjectKind) -> Int {
        switch kind {
        case .tag: 0
        case .commit: 1
        case .tree: 2
        case .blob: 3
        }
    }
}
