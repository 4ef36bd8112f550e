import Glibc

/// The steps of one change of references.
struct RefTransaction {
    private let store: RefStore
    private var directory: String { store.repository.path }

    init(_ store: RefStore) { self.store = store }

    func commit(_ updates: [RefUpdate]) throws(AmxError) {
        let ours = try FileLock("\(directory)/amx.lock", busy: "cannot change references")
        defer { _ = ours }
        try commitLocked(updates)
        store.loose.removeEmptyFolders()
    }

    private func commitLocked(_ updates: [RefUpdate]) throws(AmxError) {
        // Git's lock of every single reference first: a tool that writes loose ones then waits for us or fails.
        var locks: [RefLock] = []
        let names = Set(updates.map(\.name))
        for name in names.sorted() {
            locks.append(try RefLock("\(store.loose.path(of: name)).lock", timeout: 1))
        }
        locks.append(try RefLock("\(store.packedPath).lock", timeout: 10))
        defer { locks.removeAll() }
        guard names.count == updates.count else {
            throw AmxError(.failure, "cannot change references: one of them is named twice")
        }
        let loose = try store.loose.all()
        let before = try store.merged(packed: store.packed(), loose: loose)
        try replacePackedRefs(with: PackedRefs.encode(try apply(updates, to: before)))
        for ref in loose { prune(ref, held: names.contains(ref.name)) }
    }

    private func apply(_ updates: [RefUpdate], to before: [Ref]) throws(AmxError) -> [Ref] {
        let snapshot = RefSnapshot(sorted: before, head: .detached(.zero))
        var changes: [RefName: Ref?] = [:]
        for update in updates {
            let current = snapshot[update.name]?.id
            let holds =
                switch update.expected {
                case .any: true
                case .missing: current == nil
                case .id(let id): current == id
                }
            guard holds else { throw Self.moved(update, current: current) }
            changes[update.name] = try update.new.map { id throws(AmxError) in
                try store.peeled(Ref(name: update.name, id: id))
            }
        }
        var after = before.filter { changes[$0.name] == nil }
        after.append(contentsOf: changes.values.compactMap(\.self))
        after.sort { $0.name < $1.name }
        try checkFolders(after)
        return after
    }

    /// Refuses a name that is also the folder of another: they could not both be files below `refs/`.
    private func checkFolders(_ refs: [Ref]) throws(AmxError) {
        let names = Set(refs.map(\.name.bytes))
        for ref in refs {
            var bytes = ref.name.bytes[...]
            while let slash = bytes.lastIndex(of: UInt8(ascii: "/")) {
                bytes = bytes[..<slash]
                guard names.contains(Array(bytes)) else { continue }
                throw AmxError(
                    .conflict,
                    "cannot create \(ref.name.string): \(String(decoding: bytes, as: UTF8.self)) exists",
                    hint: "a name cannot be both a reference and a folder of references")
            }
        }
    }

    /// Writes and renames; the modification time always moves, which is what libgit2's caches look at.
    private func replacePackedRefs(with bytes: [UInt8]) throws(AmxError) {
        let new = "\(store.packedPath).new"
        unlink(new)
        var old = stat()
        let hadOld = stat(store.packedPath, &old) == 0
        do throws(AmxError) {
            let file = try OpenFile(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            try file.write(bytes)
            let now = try file.status().st_mtim
            if hadOld, (now.tv_sec, now.tv_nsec) <= (old.st_mtim.tv_sec, old.st_mtim.tv_nsec) {
                var next = old.st_mtim
                next.tv_nsec += 1
                if next.tv_nsec == 1_000_000_000 { next = timespec(tv_sec: next.tv_sec + 1, tv_nsec: 0) }
                let times = [next, next]
                guard futimens(file.descriptor, times) == 0 else {
                    throw AmxError.system("cannot set the time of \(new)")
                }
            }
            try file.sync()
        } catch {
            unlink(new)
            throw error
        }
        guard rename(new, store.packedPath) == 0 else {
            let error = AmxError.system("cannot replace \(store.packedPath)")
            unlink(new)
            throw error
        }
        try Directory.sync(directory)
    }

    /// Removes a loose file whose value has been folded in, under its own lock, unless it has changed since.
    private func prune(_ ref: Ref, held: Bool) {
        let path = store.loose.path(of: ref.name)
        if held {
            unlink(path)
            return
        }
        guard let lock = try? RefLock("\(path).lock", timeout: 0) else { return }
        defer { _ = lock }
        if let current = try? store.loose.read(ref.name), current == ref.id { unlink(path) }
    }

    private static func moved(_ update: RefUpdate, current: ObjectID?) -> AmxError {
        let found = current.map { "it is at \($0.abbreviated)" } ?? "it does not exist"
        return AmxError(
            .conflict, "cannot change \(update.name.string): \(found), which is not what was expected",
            hint: "somebody else has changed it; run the command again")
    }
}
