import Glibc

/// References that other tools wrote as single files below `refs/`, which shadow packed ones.
///
/// Symbolic links are never followed.
struct LooseRefs {
    /// What stands below `refs/`.
    struct Listing {
        /// References that hold an object id, in bytewise order of the names.
        var refs: [Ref] = []
        /// References that name another one, which are left to the tools that made them.
        var symbolic: [RefName] = []
    }

    let repository: String

    /// Everything below `refs/`; lock files and names that git wouldn't accept are passed over.
    ///
    /// `.verification` when a file holds neither an id nor another name: its reference's value is lost, and the packed
    /// value that it shadows is an old one.
    func listing() throws(AmxError) -> Listing {
        var listing = Listing()
        try collect(Array("refs".utf8), into: &listing)
        listing.refs.sort { $0.name < $1.name }
        return listing
    }

    /// One loose reference; nil when there is no file or it holds no id.
    func read(_ name: RefName) throws(AmxError) -> ObjectID? {
        guard case .id(let id)? = try content(of: name) else { return nil }
        return id
    }

    /// The file that holds, or would hold, a reference.
    func path(of name: RefName) -> String { "\(repository)/\(name.string)" }

    /// Makes sure that a reference's file would stand where its name says, so that it can be locked there.
    ///
    /// `.conflict` when a file is where one of its folders would be, `.verification` for a symbolic link.
    func checkPlace(of name: RefName) throws(AmxError) {
        var end = name.bytes.startIndex
        while let slash = name.bytes[end...].firstIndex(of: UInt8(ascii: "/")) {
            end = slash + 1
            let folder = String(decoding: name.bytes[..<slash], as: UTF8.self)
            var status = stat()
            guard lstat("\(repository)/\(folder)", &status) == 0 else { return }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: continue
            case S_IFREG:
                throw AmxError(
                    .conflict, "cannot change \(name.string): \(folder) exists",
                    hint: "a name cannot be both a reference and a folder of references")
            default:
                throw AmxError(
                    .verification, "cannot change \(name.string): \(folder) is not a folder",
                    hint: AmxError.damagedStore)
            }
        }
    }

    /// Removes the folders below `refs` that hold nothing; those in use stay.
    func removeEmptyFolders() {
        removeEmptyFolders(in: "refs", isRoot: true)
    }

    private func removeEmptyFolders(in relative: String, isRoot: Bool) {
        guard relative.utf8.count <= RefName.maximumByteCount,
            let names = try? Directory.names(in: "\(repository)/\(relative)")
        else { return }
        for name in names {
            guard let name = String(validating: name, as: UTF8.self) else { continue }
            let child = "\(relative)/\(name)"
            if Directory.isFolder("\(repository)/\(child)") { removeEmptyFolders(in: child, isRoot: false) }
        }
        // Fails, as it should, when something is or has come in.
        if !isRoot { rmdir("\(repository)/\(relative)") }
    }

    private func collect(_ relative: [UInt8], into listing: inout Listing) throws(AmxError) {
        // No legal name is longer, so nothing below is a reference.
        guard relative.count <= RefName.maximumByteCount else { return }
        let folder = "\(repository)/\(String(decoding: relative, as: UTF8.self))"
        let names: [[UInt8]]
        do throws(AmxError) {
            names = try Directory.names(in: folder)
        } catch {
            // Folders that have been emptied are removed, and may be there again a moment later.
            if error.code == .notFound || !Directory.isFolder(folder) { return }
            throw error
        }
        for name in names {
            let child = relative + [UInt8(ascii: "/")] + name
            guard let path = String(validating: child, as: UTF8.self) else { continue }
            if Directory.isFolder("\(repository)/\(path)") {
                try collect(child, into: &listing)
            } else if let name = RefName(bytes: child) {
                switch try content(of: name) {
                case .id(let id): listing.refs.append(Ref(name: name, id: id))
                case .symbolic: listing.symbolic.append(name)
                case nil: continue
                }
            }
        }
    }

    private enum Content {
        case id(ObjectID)
        case symbolic
    }

    /// Reads no more than an id needs, however long the file is.
    private func content(of name: RefName) throws(AmxError) -> Content? {
        let path = path(of: name)
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        if status.st_mode & S_IFMT == S_IFLNK { return .symbolic }
        guard let start = try FileContent.readStart(path, count: ObjectID.hexCount + 1) else { return nil }
        if start.starts(with: "ref:".utf8) { return .symbolic }
        let isEnded =
            start.count == ObjectID.hexCount || start.last.map { [0x09, 0x0A, 0x0D, 0x20].contains($0) } == true
        guard isEnded, let id = PackedRefs.id(start.prefix(ObjectID.hexCount)) else {
            throw AmxError(
                .verification, "cannot read the references: \(path) is damaged",
                hint: "write the object id that it should hold into the file, or remove it")
        }
        return .id(id)
    }
}
