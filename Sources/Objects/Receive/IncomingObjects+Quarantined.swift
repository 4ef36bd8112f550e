import CGit2
import Glibc

extension IncomingObjects {
    /// Takes in what git has put into a quarantine of its own, as it does before it runs `pre-receive`.
    ///
    /// Each object there is read, compared with its id and checked as if it had come with a pack. `quarantine` is the folder
    /// that git names in `GIT_QUARANTINE_PATH`; it is only read. How the objects were packed is git's affair: of the limits,
    /// those on deltas and on compression are not looked at. Source: git-receive-pack(1), "Quarantine environment".
    ///
    /// Without a quarantine there are no new objects.
    package convenience init(
        quarantinedByGit quarantine: String?, into repository: Repository, limits: Limits = .standard
    ) throws(AmxError) {
        guard let quarantine else {
            try self.init(repository: repository, limits: limits)
            return
        }
        try PackIndexCheck.check(packFolder: "\(quarantine)/pack")
        let found = try QuarantinedObjects(quarantine, limits: limits)
        try self.init(
            repository: repository, quarantine: quarantine, objects: found.objects,
            attributeFiles: found.intake.attributeFiles, violation: found.intake.violation, limits: limits)
    }

    /// Looks for old objects in further folders too, as `GIT_ALTERNATE_OBJECT_DIRECTORIES` lists them; those that are missing are
    /// passed over, as git does.
    package func addAlternates(_ list: String) throws(AmxError) {
        for path in ObjectFolderList.paths(list) where Directory.isDirectory(path) {
            try LibGit2.check(git_odb_add_disk_alternate(reader.database, path), "cannot read the objects of \(path)")
        }
    }
}

/// The objects of a folder with the layout of `objects`, each checked.
private struct QuarantinedObjects {
    let intake: ObjectIntake
    private(set) var objects = PackObjects()
    private let limits: Limits

    init(_ folder: String, limits: Limits) throws(AmxError) {
        self.limits = limits
        intake = try ObjectIntake()
        try checkPackSizes("\(folder)/pack")
        var database: OpaquePointer?
        try LibGit2.check(git_odb_open(&database, folder), "cannot read the quarantine \(folder)")
        guard let database else { throw AmxError(.failure, "cannot read the quarantine \(folder)") }
        defer { git_odb_free(database) }
        let loose = LooseObjects(objectsFolder: folder)
        var found: [(id: ObjectID, kind: ObjectKind, size: UInt32)] = []
        var expanded = 0
        for id in try Self.ids(in: database, folder) {
            try loose.check(id)
            let (kind, size) = try accept(id, in: database)
            expanded = expanded.addingReportingOverflow(size).partialValue
            guard expanded <= limits.packExpandedBytes else {
                throw PackRefusal.over(
                    "it expands to more", limit: limits.packExpandedBytes, setting: "packExpandedBytes")
            }
            found.append((id, kind, UInt32(clamping: size)))
        }
        objects = PackObjects(sorted: found)
    }

    private func checkPackSizes(_ folder: String) throws(AmxError) {
        guard Directory.isFolder(folder) else { return }
        var sum = 0
        for name in try Directory.names(in: folder) where name.suffix(5).elementsEqual(".pack".utf8) {
            var status = stat()
            guard stat("\(folder)/\(String(decoding: name, as: UTF8.self))", &status) == 0 else { continue }
            sum = sum.addingReportingOverflow(Int(status.st_size)).partialValue
        }
        guard sum <= limits.packBytes else {
            throw PackRefusal.over("it is larger than one pack may be", limit: limits.packBytes, setting: "packBytes")
        }
    }

    /// All ids, ascending, each once.
    private static func ids(in database: OpaquePointer, _ folder: String) throws(AmxError) -> [ObjectID] {
        var ids: Set<ObjectID> = []
        let result = withUnsafeMutablePointer(to: &ids) { ids in
            git_odb_foreach(
                database,
                { oid, payload in
                    guard let oid, let ids = payload?.assumingMemoryBound(to: Set<ObjectID>.self) else { return 0 }
                    ids.pointee.insert(ObjectID(oid.pointee))
                    return 0
                }, ids)
        }
        try LibGit2.check(result, "cannot list the objects of \(folder)")
        return ids.sorted()
    }

    private func accept(_ id: ObjectID, in database: OpaquePointer) throws(AmxError) -> (ObjectKind, Int) {
        var oid = id.git
        var size = 0
        var type = GIT_OBJECT_INVALID
        try LibGit2.check(git_odb_read_header(&size, &type, database, &oid), "cannot read object \(id)")
        guard size <= limits.objectBytes else {
            throw PackRefusal.over(
                "object \(id) is larger than one object may be", limit: limits.objectBytes, setting: "objectBytes")
        }
        var object: OpaquePointer?
        try LibGit2.check(git_odb_read(&object, database, &oid), "cannot read object \(id)")
        defer { git_odb_object_free(object) }
        guard let object, let kind = ObjectKind(git_odb_object_type(object)) else {
            throw AmxError(.verification, "object \(id) has an unknown type")
        }
        let bytes = UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object))
        guard try intake.accept(kind, Array(bytes)) == id else {
            throw AmxError(.verification, "object \(id) is damaged: its content has another id")
        }
        return (kind, bytes.count)
    }
}
