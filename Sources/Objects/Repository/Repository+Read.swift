import CGit2

extension Repository {
    /// Whether an object is here. A miss does not look for packs that came since the last refresh.
    package func contains(_ id: ObjectID) -> Bool {
        var oid = id.git
        return git_odb_exists_ext(database, &oid, UInt32(GIT_ODB_LOOKUP_NO_REFRESH.rawValue)) == 1
    }

    /// An object's kind and its size in bytes; nil when it is missing.
    package func header(_ id: ObjectID) throws(AmxError) -> (kind: ObjectKind, size: Int)? {
        try loose.check(id)
        var oid = id.git
        var size = 0
        var type = GIT_OBJECT_INVALID
        let result = git_odb_read_header(&size, &type, database, &oid)
        if result == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return nil
        }
        try LibGit2.check(result, "cannot read object \(id)")
        guard let kind = ObjectKind(type) else {
            throw AmxError(.verification, "object \(id) has an unknown type", hint: AmxError.damagedStore)
        }
        return (kind, size)
    }

    /// Lets `body` see an object's kind and bytes, which are valid only inside it; `.notFound` when it is missing.
    package func withObject<Result>(
        _ id: ObjectID, _ body: (ObjectKind, UnsafeRawBufferPointer) throws(AmxError) -> Result
    ) throws(AmxError) -> Result {
        try loose.check(id)
        var oid = id.git
        var object: OpaquePointer?
        let result = git_odb_read(&object, database, &oid)
        guard result == 0, let object else {
            try LibGit2.check(result, "cannot read object \(id)")
            throw AmxError(.notFound, "cannot read object \(id)", hint: AmxError.damagedStore)
        }
        defer { git_odb_object_free(object) }
        guard let kind = ObjectKind(git_odb_object_type(object)) else {
            throw AmxError(.verification, "object \(id) has an unknown type", hint: AmxError.damagedStore)
        }
        return try body(
            kind, UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
    }

    /// The bytes of an object of a known kind; `.verification` when it is of another.
    package func read(_ id: ObjectID, as kind: ObjectKind) throws(AmxError) -> [UInt8] {
        try withObject(id) { found, bytes throws(AmxError) in
            guard found == kind else {
                throw AmxError(
                    .verification, "object \(id) is a \(found.rawValue), not a \(kind.rawValue)",
                    hint: AmxError.damagedStore)
            }
            return Array(bytes)
        }
    }

    /// A commit.
    package func commit(_ id: ObjectID) throws(AmxError) -> Commit {
        try Commit(parsing: read(id, as: .commit), id: id)
    }

    /// A commit's place in history.
    func place(ofCommit id: ObjectID) throws(AmxError) -> CommitPlace {
        try withObject(id) { kind, bytes throws(AmxError) in
            guard kind == .commit else {
                throw AmxError(
                    .verification, "object \(id) is a \(kind.rawValue), not a commit", hint: AmxError.damagedStore)
            }
            return try CommitPlace(parsing: bytes, id: id)
        }
    }

    /// An annotated tag.
    package func tag(_ id: ObjectID) throws(AmxError) -> Tag {
        try Tag(parsing: read(id, as: .tag), id: id)
    }

    /// The entries of one tree object, as they stand there.
    package func entries(ofTree id: ObjectID) throws(AmxError) -> [TreeEntry] {
        try withObject(id) { kind, bytes throws(AmxError) in
            guard kind == .tree else {
                throw AmxError(
                    .verification, "object \(id) is a \(kind.rawValue), not a tree", hint: AmxError.damagedStore)
            }
            return try TreeEntry.parse(bytes, tree: id)
        }
    }

    /// Every file below a tree, in bytewise path order; throws when anything in it breaks the tree rules.
    package func files(ofTree id: ObjectID) throws(AmxError) -> [FileEntry] {
        var files: [FileEntry] = []
        try collect(tree: id, prefix: [], depth: 0, into: &files)
        return files
    }

    private func collect(
        tree id: ObjectID, prefix: [UInt8], depth: Int, into files: inout [FileEntry]
    ) throws(AmxError) {
        guard depth <= TreeRules.depth else {
            throw AmxError(
                .failure, "tree \(id) is nested deeper than \(TreeRules.depth) folders",
                hint: "rewrite the commit without the folders that lie so deep")
        }
        for entry in try entries(ofTree: id) {
            let path = prefix + entry.name
            if entry.isTree {
                try collect(tree: entry.id, prefix: path + [0x2F], depth: depth + 1, into: &files)
                continue
            }
            let name = try TreePath(bytes: path)
            guard let mode = FileMode(rawValue: entry.mode) else {
                throw AmxError(
                    .failure,
                    "\(name.string) has mode \(String(entry.mode, radix: 8)): only regular files can be content",
                    hint: "rewrite the commit: replace the entry by a file")
            }
            guard files.count < Limits.standard.entries else {
                throw Limits.standard.passed(.entries, "tree \(id) has more files than a capsule may have")
            }
            files.append(FileEntry(path: name, mode: mode, id: entry.id))
        }
    }

    /// Follows annotated tags to the object that they are about.
    package func peel(_ id: ObjectID) throws(AmxError) -> (id: ObjectID, kind: ObjectKind) {
        var current = id
        for _ in 0..<16 {
            guard let header = try header(current) else {
                throw AmxError(.notFound, "cannot read object \(current)", hint: AmxError.damagedStore)
            }
            if header.kind != .tag { return (current, header.kind) }
            current = try tag(current).target
        }
        throw AmxError(.verification, "tag \(id) points through more than 16 tags", hint: AmxError.damagedStore)
    }

    /// The commit that a commit or tag names.
    package func peelToCommit(_ id: ObjectID) throws(AmxError) -> ObjectID {
        let peeled = try peel(id)
        guard peeled.kind == .commit else {
            throw AmxError(
                .failure, "object \(id) is about a \(peeled.kind.rawValue), not a commit", hint: AmxError.damagedStore)
        }
        return peeled.id
    }

    /// The id that bytes have as an object, without storing them.
    package static func objectID(of bytes: UnsafeRawBufferPointer, kind: ObjectKind) throws(AmxError) -> ObjectID {
        _ = LibGit2.ready
        var oid = git_oid()
        try LibGit2.check(git_odb_hash(&oid, bytes.baseAddress, bytes.count, kind.git), "cannot hash an object")
        return ObjectID(oid)
    }

    /// The commit whose id starts with at least four hexadecimal digits, if there is one.
    ///
    /// Other objects that start with them don't count; `.notFound` when several commits do.
    package func commits(withPrefix prefix: String) throws(AmxError) -> [ObjectID] {
        guard prefix.utf8.count >= 4, prefix.utf8.count <= ObjectID.hexCount else { return [] }
        var short = git_oid()
        defer { git_error_clear() }
        guard git_oid_fromstrn(&short, prefix, prefix.utf8.count) == 0 else { return [] }
        var full = git_oid()
        let result = git_odb_exists_prefix(&full, database, &short, prefix.utf8.count)
        if result == GIT_ENOTFOUND.rawValue { return [] }
        var candidates = [ObjectID(full)]
        if result == GIT_EAMBIGUOUS.rawValue {
            candidates = try objects(withPrefix: Array(prefix.lowercased().utf8))
        } else {
            try LibGit2.check(result, "cannot look for \(prefix)")
        }
        var commits: [ObjectID] = []
        for id in candidates where try header(id)?.kind == .commit { commits.append(id) }
        guard commits.count <= 1 else {
            throw AmxError(
                .notFound, "\(prefix) is ambiguous: several commits start with it", hint: "give more digits")
        }
        return commits
    }

    /// Looks through all objects, which only an ambiguous prefix is worth.
    private func objects(withPrefix prefix: [UInt8]) throws(AmxError) -> [ObjectID] {
        struct Search {
            let prefix: [UInt8]
            var found: Set<ObjectID> = []
        }
        var search = Search(prefix: prefix)
        let result = withUnsafeMutablePointer(to: &search) { search in
            git_odb_foreach(
                database,
                { oid, payload in
                    guard let oid, let search = payload?.assumingMemoryBound(to: Search.self) else { return 0 }
                    let id = ObjectID(oid.pointee)
                    if id.hexBytes.starts(with: search.pointee.prefix) { search.pointee.found.insert(id) }
                    return 0
                }, search)
        }
        try LibGit2.check(result, "cannot list the objects of \(path)")
        return search.found.sorted()
    }
}
