import Capsules
import Glibc
import Objects

/// Tells by metadata alone whether anything has changed that a capsule's status depends on.
///
/// It covers the repository's `HEAD`, `packed-refs` and the folders of loose references, and of the working form either the
/// `.kc` file or every file and folder of the directory. A file or reference that appears or goes changes its folder, so a
/// known list of paths needs no listing again.
struct StatusFingerprint: Hashable {
    /// The paths that were looked at, relative to `.aimatrix/store` and each ended by NUL.
    let repositoryPaths: [UInt8]
    /// The paths that were looked at, relative to `knowledge/capsules` and each ended by NUL.
    let formPaths: [UInt8]
    /// A hash over the metadata of all of them, in their order.
    let digest: SHA256Digest

    /// Looks at the same paths again, below two open folders; nil when one of them cannot be looked at.
    static func digest(
        repositoryPaths: UnsafeRawBufferPointer, formPaths: UnsafeRawBufferPointer, store: Int32, capsules: Int32
    ) -> SHA256Digest? {
        let hasher = SHA256Hasher()
        guard add(repositoryPaths, in: store, to: hasher), add(formPaths, in: capsules, to: hasher) else { return nil }
        return hasher.finish()
    }

    /// Takes in the metadata of paths that are each ended by NUL.
    private static func add(_ paths: UnsafeRawBufferPointer, in folder: Int32, to hasher: SHA256Hasher) -> Bool {
        guard let base = paths.baseAddress, paths.last == 0 else { return paths.isEmpty }
        var start = 0
        while start < paths.count {
            let name = (base + start).assumingMemoryBound(to: CChar.self)
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
            StatCache.Stamp(status).add(to: hasher)
            start += strlen(name) + 1
        }
        return true
    }
}

extension StatusFingerprint {
    /// Looks at a capsule for the first time; nil when its status cannot be known by metadata.
    ///
    /// That is so while a change of it is unfinished, with loose references, with ignored files (whose rules may change
    /// unseen), and when something changed so shortly before that it could change again without a new time. The caller looks
    /// at the status only afterwards, so that a change in between is seen the next time.
    init?(_ capsule: WorkspaceCapsule, at moment: StatMoment) {
        let workspace = capsule.workspace
        var look = Look(moment: moment)
        let repository = workspace.repositoryPath(capsule.id)
        for name in ["HEAD", "packed-refs"] { look.take("\(repository)/\(name)", as: "\(capsule.id).git/\(name)") }
        look.takeFolders("\(repository)/refs", as: "\(capsule.id).git/refs")
        repositoryPaths = look.paths
        look.paths = []
        switch try? capsule.form() {
        case .packed?: look.take(workspace.packedPath(capsule.id), as: "\(capsule.id).kc")
        case .directory?:
            let root = workspace.directoryPath(capsule.id)
            guard let scanner = try? DirectoryScanner(root), scanner.ignored.isEmpty else { return nil }
            look.take(root, as: capsule.id.string)
            for folder in scanner.folders { look.take(folder, in: root, as: capsule.id.string) }
            for file in scanner.files { look.take(file.path, in: root, as: capsule.id.string) }
        case nil: return nil
        }
        formPaths = look.paths
        guard look.isWhole else { return nil }
        digest = look.hasher.finish()
    }

    /// A look at many paths, one after the other.
    private struct Look {
        let moment: StatMoment
        let hasher = SHA256Hasher()
        var paths: [UInt8] = []
        /// Whether everything was there and had been the same for a while.
        var isWhole = true

        init(moment: StatMoment) { self.moment = moment }

        mutating func take(_ path: String, as name: String) {
            var status = stat()
            guard lstat(path, &status) == 0, !name.utf8.contains(0) else { return isWhole = false }
            let stamp = StatCache.Stamp(status)
            if !moment.isLater(than: stamp) { isWhole = false }
            stamp.add(to: hasher)
            paths += name.utf8
            paths.append(0)
        }

        mutating func take(_ path: [UInt8], in root: String, as name: String) {
            // A path that is not UTF-8 is refused by the tree rules anyway.
            guard let text = String(validating: path, as: UTF8.self) else { return isWhole = false }
            take("\(root)/\(text)", as: "\(name)/\(text)")
        }

        /// Takes a folder of references and those in it; a reference there makes the look incomplete.
        mutating func takeFolders(_ path: String, as name: String) {
            take(path, as: name)
            guard isWhole, let children = try? Directory.names(in: path) else { return isWhole = false }
            for child in children {
                guard let text = String(validating: child, as: UTF8.self), Directory.isFolder("\(path)/\(text)") else {
                    return isWhole = false
                }
                takeFolders("\(path)/\(text)", as: "\(name)/\(text)")
            }
        }
    }
}
