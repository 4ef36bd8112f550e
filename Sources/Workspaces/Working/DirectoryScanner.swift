import Glibc
import Objects

/// Lists the files of a capsule's directory, without what is ignored.
struct DirectoryScanner {
    /// A file as the folder shows it; its content has not been read.
    struct Found {
        var path: [UInt8]
        var stamp: StatCache.Stamp
    }

    private let root: String
    private let foreign: Set<[UInt8]>
    private(set) var files: [Found] = []
    /// The folders below the root, those without files included.
    private(set) var folders: [[UInt8]] = []
    private(set) var ignored: [String] = []

    /// Lists a directory. `.failure` for anything that is neither file nor folder and is not ignored.
    ///
    /// What stands at a path of `foreign` is passed over as if it were not there.
    init(_ root: String, foreign: Set<[UInt8]> = []) throws(AmxError) {
        self.root = root
        self.foreign = foreign
        try scan(folder: [], components: [], rules: IgnoreRules())
        files.sort { $0.path.lexicographicallyPrecedes($1.path) }
    }

    /// Takes files that the last commit holds for content, whatever ignores them: as in git, a rule is about new files.
    mutating func include(_ tracked: Set<[UInt8]>) throws(AmxError) {
        let candidates = ignored
        guard !candidates.isEmpty, !tracked.isEmpty else { return }
        var folders: Set<[UInt8]> = []
        for path in tracked {
            for index in path.indices where path[index] == 0x2F { folders.insert(Array(path[...index])) }
        }
        ignored = []
        for candidate in candidates {
            try include(Array(candidate.utf8), tracked, folders, as: candidate)
        }
        files.sort { $0.path.lexicographicallyPrecedes($1.path) }
    }

    private mutating func include(
        _ path: [UInt8], _ tracked: Set<[UInt8]>, _ folders: Set<[UInt8]>, as name: String
    ) throws(AmxError) {
        var status = stat()
        if tracked.contains(path), lstat("\(root)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG {
            files.append(Found(path: path, stamp: StatCache.Stamp(status)))
        } else if folders.contains(path) {
            for child in try Directory.names(in: "\(root)/\(name)") {
                let childName = name + String(decoding: child, as: UTF8.self)
                let slash = Directory.isFolder("\(root)/\(childName)") ? "/" : ""
                try include(path + child + Array(slash.utf8), tracked, folders, as: childName + slash)
            }
        } else {
            ignored.append(name)
        }
    }

    private mutating func scan(
        folder: [UInt8], components: [ArraySlice<UInt8>], rules: IgnoreRules
    ) throws(AmxError) {
        guard components.count <= TreeRules.depth else {
            throw AmxError(
                .failure, "\(TreeRules.printable(folder)) is nested deeper than \(TreeRules.depth) folders",
                hint: "move its files nearer to the capsule's root, or name the folder in .amxignore")
        }
        let place = folder.isEmpty ? root : "\(root)/\(String(decoding: folder, as: UTF8.self))"
        let names = try Directory.names(in: place)
        let directory = try OpenFile(place, O_RDONLY | O_DIRECTORY)
        var rules = rules
        if names.contains(where: { $0.elementsEqual(IgnoreRules.fileName.utf8) }),
            let content = try FileContent.read("\(place)/\(IgnoreRules.fileName)", limit: 1 << 20)
        {
            rules.add(content, depth: components.count)
        }
        for name in names {
            let path = folder.isEmpty ? name : folder + [0x2F] + name
            guard !foreign.contains(path) else { continue }
            let parts = components + [name[...]]
            var status = stat()
            let result = (name + [0]).withUnsafeBufferPointer { name in
                name.withMemoryRebound(to: CChar.self) { name in
                    name.baseAddress.map { fstatat(directory.descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) } ?? -1
                }
            }
            guard result == 0 else {
                // Gone since the folder was listed.
                if errno == ENOENT { continue }
                throw AmxError.system("cannot stat \(root)/\(TreeRules.printable(path))")
            }
            let kind = status.st_mode & S_IFMT
            if rules.ignores(parts, isFolder: kind == S_IFDIR) {
                ignored.append(String(decoding: path, as: UTF8.self) + (kind == S_IFDIR ? "/" : ""))
                continue
            }
            switch kind {
            case S_IFDIR:
                // A folder's name is checked even if it holds nothing yet: it would be refused with its first file.
                try TreeRules.checkPath(path)
                folders.append(path)
                try scan(folder: path, components: parts, rules: rules)
            case S_IFREG:
                guard files.count < Limits.standard.entries else {
                    throw Limits.standard.passed(.entries, "\(root) has more files than a capsule may have")
                }
                files.append(Found(path: path, stamp: StatCache.Stamp(status)))
            default:
                throw AmxError(
                    .failure,
                    "\(root)/\(TreeRules.printable(path)) is \(Self.describe(kind)): only regular files can be content",
                    hint: "replace it by a file, or name it in .amxignore")
            }
        }
    }

    private static func describe(_ kind: mode_t) -> String {
        switch kind {
        case S_IFLNK: "a symbolic link"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}
