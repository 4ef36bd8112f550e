import Glibc

/// References that other tools wrote as single files below `refs/`, which shadow packed ones.
struct LooseRefs {
    let repository: String

    /// Every loose reference that holds an object id, in bytewise order of the names.
    ///
    /// Symbolic references, lock files and names that git wouldn't accept are passed over.
    func all() throws(AmxError) -> [Ref] {
        var refs: [Ref] = []
        try collect("refs", into: &refs)
        return refs.sorted { $0.name < $1.name }
    }

    /// One loose reference.
    func read(_ name: RefName) throws(AmxError) -> ObjectID? {
        let path = path(of: name)
        guard let bytes = try FileContent.read(path, limit: 4096) else { return nil }
        return ObjectID(hex: bytes.prefix(ObjectID.hexCount))
    }

    /// The file that holds, or would hold, a reference.
    func path(of name: RefName) -> String { "\(repository)/\(name.string)" }

    /// Removes the folders below `refs` that hold nothing; those in use stay.
    func removeEmptyFolders() {
        removeEmptyFolders(in: "refs", isRoot: true)
    }

    private func removeEmptyFolders(in relative: String, isRoot: Bool) {
        guard let names = try? Directory.names(in: "\(repository)/\(relative)") else { return }
        for name in names {
            let child = "\(relative)/\(String(decoding: name, as: UTF8.self))"
            if Directory.isDirectory("\(repository)/\(child)") { removeEmptyFolders(in: child, isRoot: false) }
        }
        // Fails, as it should, when something is or has come in.
        if !isRoot { rmdir("\(repository)/\(relative)") }
    }

    private func collect(_ relative: String, into refs: inout [Ref]) throws(AmxError) {
        let names: [[UInt8]]
        do throws(AmxError) {
            names = try Directory.names(in: "\(repository)/\(relative)")
        } catch {
            if error.code == .notFound { return }
            throw error
        }
        for name in names {
            let child = "\(relative)/\(String(decoding: name, as: UTF8.self))"
            var status = stat()
            guard lstat("\(repository)/\(child)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try collect(child, into: &refs)
            case S_IFREG:
                guard let name = RefName(child), let id = try read(name) else { continue }
                refs.append(Ref(name: name, id: id))
            default: continue
            }
        }
    }
}
