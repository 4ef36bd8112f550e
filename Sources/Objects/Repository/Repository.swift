import CGit2
import Glibc

/// A bare git repository.
///
/// Opening costs 0.1 ms, so open one for each piece of work. Not Sendable: all calls of one instance come from one thread
/// at a time, and they block, so a server makes them off the cooperative pool.
package final class Repository {
    /// The folder of the repository, as it was given.
    package let path: String
    let handle: OpaquePointer
    let database: OpaquePointer
    let loose: LooseObjects
    /// Whether objects may lie in further folders, which `objects/info/alternates` names.
    let sharesObjects: Bool
    private var shallow: Set<ObjectID>?

    /// Opens an existing bare repository; `.notFound` when there is none at the path.
    ///
    /// `.verification` when it would read objects or references from elsewhere (`objects/info/alternates`, `commondir`,
    /// symbolic links): a folder that came from somebody else must not reach into another repository. With `sharesObjects`, for
    /// repositories of a server that shares objects among forks, alternates are followed.
    package convenience init(opening path: String, sharesObjects: Bool = false) throws(AmxError) {
        _ = LibGit2.ready
        try Self.checkIsSelfContained(path, sharesObjects)
        try PackIndexCheck.check(packFolder: "\(path)/objects/pack")
        var handle: OpaquePointer?
        let result = git_repository_open_bare(&handle, path)
        if result == GIT_ENOTFOUND.rawValue || (result < 0 && !Directory.isDirectory(path)) {
            git_error_clear()
            throw AmxError(.notFound, "cannot open the repository \(path): there is none", hint: "check the path")
        }
        try LibGit2.check(result, "cannot open the repository \(path)")
        try self.init(handle, at: path, sharesObjects)
    }

    private static func checkIsSelfContained(_ path: String, _ sharesObjects: Bool) throws(AmxError) {
        let links = sharesObjects ? ["commondir"] : ["objects/info/alternates", "commondir"]
        for name in links where Directory.exists("\(path)/\(name)") {
            throw AmxError(
                .verification, "cannot open the repository \(path): \(name) makes it depend on another one",
                hint: "run `git repack -a -d` in it and remove the file, or clone it with `git clone --bare --no-local`"
            )
        }
        for name in ["objects", "objects/pack", "objects/info", "refs", "packed-refs", "HEAD", "config"] {
            var status = stat()
            guard lstat("\(path)/\(name)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR, S_IFREG: continue
            case S_IFLNK:
                throw AmxError(
                    .verification, "cannot open the repository \(path): \(name) is a symbolic link",
                    hint: "move what it points at to its place")
            // libgit2 would wait for somebody to write into a pipe.
            default:
                throw AmxError(
                    .verification, "cannot open the repository \(path): \(name) is a special file",
                    hint: AmxError.damagedStore)
            }
        }
    }

    private init(
        _ handle: OpaquePointer?, at path: String, _ sharesObjects: Bool = false
    ) throws(AmxError) {
        var database: OpaquePointer?
        let result = git_repository_odb(&database, handle)
        guard result == 0, let handle, let database else {
            git_repository_free(handle)
            try LibGit2.check(result, "cannot open the object database of \(path)")
            throw AmxError(.failure, "cannot open the object database of \(path)", hint: AmxError.damagedStore)
        }
        guard Self.usesSHA1(handle) else {
            git_odb_free(database)
            git_repository_free(handle)
            throw AmxError(
                .failure, "cannot open the repository \(path): its object format is not SHA-1",
                hint: "Amx works with SHA-1 repositories only")
        }
        self.handle = handle
        self.database = database
        self.path = path
        self.sharesObjects = sharesObjects
        loose = LooseObjects(objectsFolder: "\(path)/objects")
    }

    /// libgit2 opens a SHA-256 repository and then finds nothing in it.
    private static func usesSHA1(_ handle: OpaquePointer) -> Bool {
        var settings: OpaquePointer?
        guard git_repository_config_snapshot(&settings, handle) == 0 else { return true }
        defer { git_config_free(settings) }
        var format: UnsafePointer<CChar>?
        defer { git_error_clear() }
        guard git_config_get_string(&format, settings, "extensions.objectformat") == 0, let format else { return true }
        return strcasecmp(format, "sha1") == 0
    }

    deinit {
        git_odb_free(database)
        git_repository_free(handle)
    }

    /// The references of this repository.
    package var refs: RefStore { RefStore(self) }

    /// The folder of the packs.
    package var packDirectory: String { "\(path)/objects/pack" }

    /// The `config` of a new repository.
    ///
    /// libgit2 1.5 takes deltaCacheSize for git's bigFileThreshold: the bytes above which no deltas are looked for.
    static let settings = """
        [core]
        \trepositoryformatversion = 0
        \tfilemode = true
        \tbare = true
        [pack]
        \tdeltaCacheSize = 8000000

        """

    /// Makes a bare repository, durably, with `HEAD` at an unborn branch.
    ///
    /// It is built beside its place and renamed there, so a crash leaves either nothing or a whole repository. `.conflict`
    /// when something is at the path already. One that is to get another place when it is filled `isTemporary`: in a
    /// ``SyncGroup`` it is left to the next sync.
    package static func create(
        at path: String, defaultBranch: String = "main", isTemporary: Bool = false
    ) throws(AmxError) -> Repository {
        guard let head = RefName(branch: defaultBranch) else {
            throw AmxError(
                .failure, "cannot create \(path): \(defaultBranch) is not a branch name",
                hint: "give a name such as main or topic/a")
        }
        let parent = Directory.parent(of: path)
        try Directory.createDurably(parent)
        let temporary = "\(parent)/\(Directory.temporaryName(".new"))"
        do throws(AmxError) {
            for folder in ["objects/info", "objects/pack", "refs"] { try Directory.create("\(temporary)/\(folder)") }
            try FileContent.create("\(temporary)/HEAD", Array("ref: \(head.string)\n".utf8))
            try FileContent.create("\(temporary)/config", Array(Self.settings.utf8))
            try OpenFile("\(temporary)/objects", O_RDONLY | O_DIRECTORY).syncOrDefer()
            let folder = try OpenFile(temporary, O_RDONLY | O_DIRECTORY)
            if isTemporary { try folder.syncOrDefer() } else { try folder.sync() }
            try Directory.renameWithoutReplacing(temporary, to: path)
        } catch {
            do throws(AmxError) { try Directory.remove(temporary) } catch {}
            throw error
        }
        let folder = try OpenFile(parent, O_RDONLY | O_DIRECTORY)
        if isTemporary { try folder.syncOrDefer() } else { try folder.sync() }
        return try Repository(opening: path)
    }

    /// Makes objects that another process has published since the repository was opened visible.
    package func refresh() throws(AmxError) {
        try PackIndexCheck.check(packFolder: packDirectory)
        loose.refresh()
        try LibGit2.check(git_odb_refresh(database), "cannot read the packs of \(path)")
    }

    /// The commits whose parents were left out when git made this repository as a shallow clone; read once.
    func shallowCommits() throws(AmxError) -> Set<ObjectID> {
        if let shallow { return shallow }
        let bytes = try FileContent.read("\(path)/shallow", limit: 1 << 26) ?? []
        let found = Set(bytes.split(separator: 0x0A).compactMap { ObjectID(hex: $0) })
        shallow = found
        return found
    }
}
