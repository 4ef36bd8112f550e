extension RefSnapshot {
    /// Reads the references of a bare repository without opening it, which costs a tenth.
    ///
    /// Nil where only the repository itself can tell: there is none, it has loose references or tags whose objects are not
    /// noted, `HEAD` names no branch, or something is damaged.
    package init?(unopened path: String) {
        // As in `RefStore.snapshot`: with nothing loose, whatever the packed file says from now on is whole.
        guard let listing = try? LooseRefs(repository: path).listing(), listing.refs.isEmpty, listing.symbolic.isEmpty,
            let head = try? FileContent.readStart("\(path)/HEAD", count: 4096), head.starts(with: "ref: refs/".utf8),
            let branch = RefName(bytes: Array(head.dropFirst(5).prefix { $0 > 0x20 }))
        else { return nil }
        let file = PackedRefsFile(directory: path)
        guard let version = try? file.open(), let bytes = try? version.read(),
            let packed = try? PackedRefs(parsing: bytes, path: file.path), packed.isFullyPeeled
        else { return nil }
        self.init(sorted: packed.refs, head: .branch(branch))
    }
}

extension RefSnapshot {
    /// Which object each reference of a bare repository names, in bytewise order of the names, without opening the repository.
    ///
    /// Nothing is known of the objects, so annotated tags may come without what they are about. Like a snapshot it shows one moment. `.verification`
    /// when a file is damaged; a folder without references has none.
    package static func names(in path: String) throws(AmxError) -> [Ref] {
        let file = PackedRefsFile(directory: path)
        var attempt = 0
        while true {
            let version = try file.open()
            let loose = try LooseRefs(repository: path).listing().refs
            attempt += 1
            // As in `RefStore.snapshot`.
            guard !loose.isEmpty else { return try packed(in: file, file.open()) }
            guard file.isCurrent(version) || attempt > 1_000 else { continue }
            let shadowed = Set(loose.map(\.name))
            let packed = try packed(in: file, version).filter { !shadowed.contains($0.name) }
            return (packed + loose).sorted { $0.name < $1.name }
        }
    }

    private static func packed(in file: PackedRefsFile, _ version: PackedRefsFile.Version?) throws(AmxError) -> [Ref] {
        guard let bytes = try version?.read() else { return [] }
        return try PackedRefs(parsing: bytes, path: file.path).refs
    }
}
