import Glibc

/// The steps of one change of references.
///
/// Loose references of other tools are folded in first, without a change of any value; then one rename makes all the
/// changes. A reader, or a crash, never meets a new value beside an old loose one that is still to be removed.
struct RefTransaction {
    private let store: RefStore
    private var directory: String { store.repository.path }
    /// The file of our own lock, of which git's lock files are made.
    private var lockPath: String { "\(directory)/amx.lock" }

    init(_ store: RefStore) { self.store = store }

    func commit(_ updates: [RefUpdate]) throws(AmxError) {
        let names = Set(updates.map(\.name))
        guard names.count == updates.count else {
            throw AmxError(.failure, "cannot change references: one of them is named twice")
        }
        let own = try FileLock(lockPath, busy: "cannot change references", content: RefLock.mark)
        defer { _ = own }
        try RefLock.removeAbandoned(in: directory, own: lockPath)
        try foldAll()
        try commitLocked(updates, names: names)
        store.loose.removeEmptyFolders()
    }

    /// Folds in what stands loose, so that no such file is in the way of a lock.
    private func foldAll() throws(AmxError) {
        guard try !store.loose.listing().refs.isEmpty else { return }
        let lock = try lockPackedRefs()
        defer { _ = lock }
        try fold(store.loose.listing().refs, into: store.packed(), held: [])
    }

    private func commitLocked(_ updates: [RefUpdate], names: Set<RefName>) throws(AmxError) {
        // Git's lock of every single reference first: a tool that writes loose ones then waits for us or fails.
        var locks: [RefLock] = []
        for name in names.sorted() {
            try store.loose.checkPlace(of: name)
            locks.append(try RefLock("\(store.loose.path(of: name)).lock", own: lockPath, timeout: 1))
        }
        locks.append(try lockPackedRefs())
        defer { locks.removeAll() }
        let loose = try store.loose.listing()
        if let name = loose.symbolic.first(where: names.contains) {
            throw AmxError(
                .conflict, "cannot change \(name.string): it is a symbolic reference",
                hint: "change the reference that it names")
        }
        var packed = try store.packed()
        if loose.refs.contains(where: { names.contains($0.name) }) {
            packed = try fold(loose.refs, into: packed, held: names)
        }
        // What came loose since is beside the point of this change, and stays so.
        let others = loose.refs.filter { !names.contains($0.name) }
        packed.refs = try store.merged(packed: packed.refs, loose: others)
        packed.refs = try apply(updates, to: packed.refs, symbolic: loose.symbolic)
        try replacePackedRefs(with: packed)
    }

    private func lockPackedRefs() throws(AmxError) -> RefLock {
        try RefLock("\(store.packedPath).lock", own: lockPath, timeout: 10)
    }

    /// Writes loose values into the packed file and removes their files; returns the new content.
    ///
    /// `packed-refs` is locked, and so are the names in `held`.
    @discardableResult
    private func fold(
        _ loose: [Ref], into packed: PackedRefs, held: Set<RefName>
    ) throws(AmxError) -> PackedRefs {
        var packed = packed
        packed.refs = try store.merged(packed: packed.refs, loose: loose)
        try replacePackedRefs(with: packed)
        var folders: Set<String> = []
        for ref in loose where try prune(ref, isHeld: held.contains(ref.name)) {
            folders.insert(Directory.parent(of: store.loose.path(of: ref.name)))
        }
        // A file that came back after a power failure would shadow what is written next.
        for folder in folders { try Directory.sync(folder) }
        return packed
    }

    /// Removes a loose file whose value has been folded in, under its own lock, unless it has changed since.
    private func prune(_ ref: Ref, isHeld: Bool) throws(AmxError) -> Bool {
        let path = store.loose.path(of: ref.name)
        if isHeld {
            guard unlink(path) == 0 || errno == ENOENT else { throw AmxError.system("cannot remove \(path)") }
            return true
        }
        guard let lock = try? RefLock("\(path).lock", own: lockPath, timeout: 0) else { return false }
        defer { _ = lock }
        guard let current = try? store.loose.read(ref.name), current == ref.id else { return false }
        return unlink(path) == 0
    }

    private func apply(
        _ updates: [RefUpdate], to before: [Ref], symbolic: [RefName]
    ) throws(AmxError) -> [Ref] {
        let snapshot = RefSnapshot(sorted: before, head: .detached(.zero))
        var removed: Set<RefName> = []
        var added: [Ref] = []
        var created: [RefName] = []
        for update in updates {
            let current = snapshot[update.name]?.id
            let holds =
                switch update.expected {
                case .any: true
                case .missing: current == nil
                case .id(let id): current == id
                }
            guard holds else { throw Self.moved(update, current: current) }
            removed.insert(update.name)
            guard let new = update.new else { continue }
            added.append(try checked(new, for: update.name))
            if current == nil { created.append(update.name) }
        }
        var after = before.filter { !removed.contains($0.name) }
        after.append(contentsOf: added)
        after.sort { $0.name < $1.name }
        let names = (after.map(\.name) + symbolic).sorted()
        for name in created { try checkFolders(of: name, among: names) }
        return after
    }

    /// A reference to an object that is here, and on a branch is a commit.
    private func checked(_ id: ObjectID, for name: RefName) throws(AmxError) -> Ref {
        guard let header = try store.repository.header(id) else {
            throw AmxError(.notFound, "cannot point \(name.string) at \(id): there is no such object")
        }
        guard name.branch == nil || header.kind == .commit else {
            throw AmxError(
                .failure, "cannot point \(name.string) at \(id): it is a \(header.kind.rawValue), not a commit")
        }
        return Ref(name: name, id: id, peeled: header.kind == .tag ? try store.repository.peel(id).id : nil)
    }

    /// Refuses a new name that is also the folder of another, or the other way round: as files they could not both be.
    private func checkFolders(of name: RefName, among names: [RefName]) throws(AmxError) {
        let folder = name.bytes + [UInt8(ascii: "/")]
        let next = names.partitioningIndex { !$0.bytes.lexicographicallyPrecedes(folder) }
        if next < names.count, names[next].bytes.starts(with: folder) {
            throw Self.isInTheWay(names[next], of: name)
        }
        var bytes = name.bytes[...]
        while let slash = bytes.lastIndex(of: UInt8(ascii: "/")) {
            bytes = bytes[..<slash]
            let index = names.partitioningIndex { !$0.bytes.lexicographicallyPrecedes(bytes) }
            guard index < names.count, names[index].bytes.elementsEqual(bytes) else { continue }
            throw Self.isInTheWay(names[index], of: name)
        }
    }

    private func replacePackedRefs(with content: PackedRefs) throws(AmxError) {
        try PackedRefsFile(directory: directory).replace(with: content.encoded)
    }

    private static func isInTheWay(_ other: RefName, of name: RefName) -> AmxError {
        AmxError(
            .conflict, "cannot create \(name.string): \(other.string) exists",
            hint: "a name cannot be both a reference and a folder of references")
    }

    private static func moved(_ update: RefUpdate, current: ObjectID?) -> AmxError {
        let found = current.map { "it is at \($0.abbreviated)" } ?? "it does not exist"
        return AmxError(
            .conflict, "cannot change \(update.name.string): \(found), which is not what was expected",
            hint: "somebody else has changed it; run the command again")
    }
}
