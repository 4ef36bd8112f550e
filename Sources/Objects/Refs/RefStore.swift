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

    /// All references at one moment.
    package func snapshot() throws(AmxError) -> RefSnapshot {
        // Loose before packed: a reference that is being folded is removed only after it stands in the packed file.
        let loose = try loose.all()
        let packed = try packed()
        return RefSnapshot(sorted: try merged(packed: packed, loose: loose), head: try head())
    }

    /// The repository's `HEAD`.
    package func head() throws(AmxError) -> Head {
        guard let bytes = try FileContent.read("\(repository.path)/HEAD", limit: 4096) else {
            throw AmxError(.verification, "\(repository.path)/HEAD is missing")
        }
        var line = bytes[...]
        while let last = line.last, last == 0x0A || last == 0x0D || last == 0x20 { line.removeLast() }
        if line.starts(with: "ref:".utf8) {
            let name = Array(line.dropFirst(4).drop { $0 == 0x20 || $0 == 0x09 })
            if let name = RefName(bytes: name) { return .branch(name) }
        } else if let id = ObjectID(hex: line) {
            return .detached(id)
        }
        throw AmxError(.verification, "\(repository.path)/HEAD is damaged")
    }

    /// Points `HEAD` at a branch, durably; the branch need not exist.
    package func setHead(_ branch: RefName) throws(AmxError) {
        try AtomicFile.write(Array("ref: \(branch.string)\n".utf8), to: "\(repository.path)/HEAD")
    }

    /// Makes every change or none.
    ///
    /// The new state is durable when this returns. `.conflict` when an expectation doesn't hold, when a name would be both
    /// a reference and a folder of references, or when the lock stays taken for ten seconds.
    package func commit(_ updates: [RefUpdate]) throws(AmxError) {
        guard !updates.isEmpty else { return }
        try RefTransaction(self).commit(updates)
    }

    func packed() throws(AmxError) -> [Ref] {
        guard let bytes = try FileContent.read(packedPath) else { return [] }
        return try PackedRefs.parse(bytes, path: packedPath)
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

    /// Fills in the peeled object of an annotated tag; a reference to a missing object stays as it is.
    func peeled(_ ref: Ref) throws(AmxError) -> Ref {
        var ref = ref
        ref.peeled = nil
        guard let header = try repository.header(ref.id), header.kind == .tag else { return ref }
        ref.peeled = try repository.peel(ref.id).id
        return ref
    }
}
