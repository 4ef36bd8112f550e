import CGit2

/// The objects of a quarantined pack, seen together with those of the repository that they may join.
///
/// Reads look through the quarantine, then the repository; nothing can be written. A reader that is kept after the receiver
/// has published or discarded must not be used. Calls block and come from one thread at a time.
package final class IncomingObjects {
    /// Reads new and old objects alike.
    package let reader: Repository
    /// The limits that the pack was received under.
    package let limits: Limits
    let objects: PackObjects
    let attributeFiles: Set<ObjectID>
    let violation: TreeViolation?

    /// Sees a repository without any new objects, for updates that bring no pack.
    package convenience init(repository: Repository, limits: Limits = .standard) throws(AmxError) {
        try self.init(
            repository: repository, quarantine: nil, objects: PackObjects(), attributeFiles: [], violation: nil,
            limits: limits)
    }

    init(
        repository: Repository, quarantine: String?, objects: PackObjects, attributeFiles: Set<ObjectID>,
        violation: TreeViolation?, limits: Limits
    ) throws(AmxError) {
        reader = try Repository(opening: repository.path, sharesObjects: repository.sharesObjects)
        self.objects = objects
        self.attributeFiles = attributeFiles
        self.violation = violation
        self.limits = limits
        guard let quarantine else { return }
        try LibGit2.check(git_odb_add_disk_alternate(reader.database, quarantine), "cannot read the pack in quarantine")
    }

    /// How many objects came with the pack; the bases that complete a thin one are not counted.
    package var count: Int { objects.count }

    /// Whether an object came with the pack.
    package func isNew(_ id: ObjectID) -> Bool { objects[id] != nil }

    /// The new objects of one kind, by ascending id.
    package func new(_ kind: ObjectKind) -> [ObjectID] { objects.ids(of: kind) }

    /// The kind and size of a new or old object; nil when it is in neither place.
    package func header(_ id: ObjectID) throws(AmxError) -> (kind: ObjectKind, size: Int)? {
        if let found = objects[id] { return found }
        return try reader.header(id)
    }
}
