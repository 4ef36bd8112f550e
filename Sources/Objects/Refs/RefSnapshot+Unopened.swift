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
