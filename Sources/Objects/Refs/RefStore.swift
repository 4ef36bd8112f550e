import Glibc

/// Reads and changes a repository's references.
///
/// References live in `packed-refs` only, which is replaced by rename under git's own lock, so any number of changes
/// happens at once or not at all. Loose references of other tools are honoured and folded in at the next change.
package struct RefStore {
    let repository: Repository
    var loose: LooseRefs { LooseRefs(repository: repository.path) }
    var packedPath: String { "\(repository.path)/packed-refs" }

    init(_ repository: Repository) { self.repository = repository }

    /// Keeps the references of the repository at a path as they are, for a check; changes nothing unless the store is new.
    package static func lock(of path: String) throws(AmxError) -> FileLock {
        try FileLock("\(path)/amx.lock", busy: "cannot check the repository", content: RefLock.mark)
    }

    /// All references at one moment: of a change by Amx, all or nothing is seen.
    package func snapshot() throws(AmxError) -> RefSnapshot {
        let file = PackedRefsFile(directory: repository.path)
        var attempt = 0
        while true {
            let version = try file.open()
            let listing = try loose.listing()
            let head = try head()
            // A loose value stands in the packed file before its own file goes. So with nothing loose, whatever that
            // file says from now on is whole.
            if listing.refs.isEmpty { return RefSnapshot(sorted: try packed().refs, head: head) }
            // Else the two belong together only if nobody replaced the file meanwhile. After a thousand tries each
            // reference is still right by itself.
            attempt += 1
            guard file.isCurrent(version) || attempt > 1_000 else { continue }
            return RefSnapshot(sorted: try merged(packed: packed(in: version).refs, loose: listing.refs), head: head)
        }
    }

    /// The repository's `HEAD`.
    package func head() throws(AmxError) -> Head {
        guard let bytes = try FileContent.readStart("\(repository.path)/HEAD", count: 4096) else {
            throw AmxError(.verification, "\(repository.path)/HEAD is missing", hint: AmxError.damagedStore)
        }
        var line = bytes[...]
        while let last = line.last, last == 0x0A || last == 0x0D || last == 0x20 { line.removeLast() }
        if line.starts(with: "ref:".utf8) {
            let name = Array(line.dropFirst(4).drop { $0 == 0x20 || $0 == 0x09 })
            if let name = RefName(bytes: name) { return .branch(name) }
        } else if let id = ObjectID(hex: line) {
            return .detached(id)
        }
        throw AmxError(.verification, "\(repository.path)/HEAD is damaged", hint: AmxError.damagedStore)
    }

    /// Points `HEAD` at a branch, durably; the branch need not exist.
    package func setHead(_ branch: RefName) throws(AmxError) {
        try AtomicFile.write(Array("ref: \(branch.string)\n".utf8), to: "\(repository.path)/HEAD")
    }

    /// Makes every change or none.
    ///
    /// The new state is durable when this returns. `.conflict` when an expectation doesn't hold, when a name would be both
    /// a reference and a folder of references, when it is a symbolic reference, or when the lock stays taken for ten
    /// seconds; `.notFound` when a new object is not in the repository. A branch must point at a commit.
    package func commit(_ updates: [RefUpdate]) throws(AmxError) {
        guard !updates.isEmpty else { return }
        try RefTransaction(self).commit(updates)
    }

    func packed() throws(AmxError) -> PackedRefs {
        try packed(in: PackedRefsFile(directory: repository.path).open())
    }

    private func packed(in version: borrowing PackedRefsFile.Version?) throws(AmxError) -> PackedRefs {
        guard let bytes = try version?.read() else { return PackedRefs() }
        var content = try PackedRefs(parsing: bytes, path: packedPath)
        guard !content.isFullyPeeled else { return content }
        for index in content.refs.indices where content.refs[index].peeled == nil {
            content.refs[index] = try peeled(content.refs[index])
        }
        return content
    }

    /// Lays loose references over packed ones; both are sorted.
    func merged(packed: [Ref], loose: [Ref]) throws(AmxError) -> [Ref] {
        guard !loose.isEmpty else { return packed }
        var result: [Ref] = []
        result.reserveCapacity(packed.count + loose.count)
        var index = 0
        for ref in loose {
            while index < packed.count, packed[index].name < ref.name {
                result.append(packed[index])
                index += 1
            }
            if index < packed.count, packed[index].name == ref.name {
                result.append(packed[index].id == ref.id ? packed[index] : try peeled(ref))
                index += 1
            } else {
                result.append(try peeled(ref))
            }
        }
        result.append(contentsOf: packed[index...])
        return result
    }

    /// Fills in the peeled object of an annotated tag; a reference to a missing or damaged object stays as it is.
    func peeled(_ ref: Ref) throws(AmxError) -> Ref {
        var ref = ref
        ref.peeled = nil
        do throws(AmxError) {
            guard let header = try repository.header(ref.id), header.kind == .tag else { return ref }
            ref.peeled = try repository.peel(ref.id).id
        } catch {
            guard error.code == .notFound || error.code == .verification else { throw error }
        }
        return ref
    }
}
