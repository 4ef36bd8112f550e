import Capsules
import Glibc

/// Finds out where paths lead, by the kernel's own resolution and never by their text.
struct PathResolver: Sendable {
    private let roots: [FileGrant.Root: RootFolder]
    let opener: PathOpener

    /// Takes the folders of `cwd://` and `home://`, which are opened now; nil for one that there is not.
    init(workspace: String?, home: String?, opener: PathOpener = .kernel) {
        var roots: [FileGrant.Root: RootFolder] = [:]
        // Relative paths would start from wherever this process is.
        let folders: [(FileGrant.Root, String?)] = [(.workspace, workspace), (.home, home), (.host, "/")]
        for (root, path) in folders where path?.utf8.first == UInt8(ascii: "/") {
            roots[root] = path.flatMap { RootFolder($0) }
        }
        self.roots = roots
        self.opener = opener
    }

    /// Where a path leads; from `cwd://` and `home://` symbolic links are followed within alone, and absolute ones not
    /// at all.
    ///
    /// Of a path to what is not there, the names from the first that is missing stand at the end as they are.
    func canonical(_ root: FileGrant.Root, _ names: [[UInt8]]) throws(PathFault) -> CanonicalPath {
        guard let folder = roots[root] else { throw .noRoot }
        let rules: PathOpener.Rules = [root == .host ? .inRoot : .beneath, .noMagicLinks]
        func canonical(first count: Int) throws(PathFault) -> CanonicalPath? {
            let descriptor = opener.open(
                folder.descriptor, CanonicalPath(names: Array(names[..<count])).relative,
                flags: PathOpener.placeOnly, rules: rules)
            if descriptor == -ENOENT || descriptor == -ENOTDIR { return nil }
            guard descriptor >= 0 else { throw Self.fault(-descriptor) }
            return try verified(Place(descriptor))
        }
        if let path = try canonical(first: names.count) { return path }
        // With a name that is there, so are those in front of it: the first that is missing is found by halving.
        guard var found = try canonical(first: 0) else { throw .noRoot }
        var (there, missing) = (0, names.count)
        while missing - there > 1 {
            let middle = (there + missing) / 2
            if let path = try canonical(first: middle) {
                (there, found) = (middle, path)
            } else {
                missing = middle
            }
        }
        try checkMissing(names[..<missing], below: folder, rules: rules)
        return found.appending(names[there...])
    }

    /// Opens what stands at a path without following any link: what a link was put in place of is refused.
    func open(_ path: CanonicalPath, flags: Int32, mode: UInt32 = 0) throws(PathFault) -> Int32 {
        guard let root = roots[.host] else { throw .noRoot }
        let descriptor = opener.open(
            root.descriptor, path.relative, flags: flags, mode: mode, rules: [.beneath, .noLinks])
        guard descriptor >= 0 else {
            throw descriptor == -ELOOP || descriptor == -EXDEV ? .moved : Self.fault(-descriptor)
        }
        return descriptor
    }

    /// The path of an open place, if the same place stands there: the kernel's text for one that was removed, or that
    /// cannot be seen, names another.
    private func verified(_ place: borrowing Place) throws(PathFault) -> CanonicalPath {
        let path = try place.path()
        guard let first = place.status else { throw .moved }
        let again = Place(try open(path, flags: PathOpener.placeOnly))
        guard let second = again.status, first.st_dev == second.st_dev, first.st_ino == second.st_ino else {
            throw .moved
        }
        return path
    }

    /// Checks that the last of some names is missing, and no link to something missing.
    private func checkMissing(
        _ names: ArraySlice<[UInt8]>, below folder: RootFolder, rules: PathOpener.Rules
    ) throws(PathFault) {
        let descriptor = opener.open(
            folder.descriptor, CanonicalPath(names: Array(names)).relative,
            flags: PathOpener.placeOnly | O_NOFOLLOW, rules: rules)
        if descriptor >= 0 {
            _ = Place(descriptor)
            throw .dangling
        }
        guard descriptor == -ENOENT || descriptor == -ENOTDIR else { throw Self.fault(-descriptor) }
    }

    private static func fault(_ number: Int32) -> PathFault {
        switch number {
        case EXDEV: .leavesRoot
        case ELOOP: .link
        case EAGAIN: .moved
        case ENOSYS: .noKernelSupport
        default: .system(number)
        }
    }
}
