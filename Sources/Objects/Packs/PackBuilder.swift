import CGit2
import Glibc

/// libgit2's pack builder.
final class PackBuilder {
    let handle: OpaquePointer
    private let repository: Repository

    /// With 0 threads libgit2 uses every core; then the same objects may make another pack each time.
    init(_ repository: Repository, threads: UInt32 = 0) throws(AmxError) {
        var handle: OpaquePointer?
        try LibGit2.check(
            git_packbuilder_new(&handle, repository.handle), "cannot write a pack of \(repository.path)")
        guard let handle else { throw AmxError(.failure, "cannot write a pack of \(repository.path)") }
        self.handle = handle
        self.repository = repository
        git_packbuilder_set_threads(handle, threads)
    }

    deinit { git_packbuilder_free(handle) }

    func insert(_ id: ObjectID, path: [UInt8]?) throws(AmxError) {
        try repository.loose.check(id)
        var oid = id.git
        let result =
            path.map { path in
                (path + [0]).withUnsafeBytes { bytes in
                    git_packbuilder_insert(handle, &oid, bytes.bindMemory(to: CChar.self).baseAddress)
                }
            } ?? git_packbuilder_insert(handle, &oid, nil)
        try LibGit2.check(result, "cannot pack object \(id)")
    }

    /// Writes `pack-<name>.pack` and `.idx` into a folder and returns the name; they are as durable as
    /// ``OpenFile/syncOrDefer()`` makes them.
    func write(into folder: String) throws(AmxError) -> String {
        try LibGit2.check(
            git_packbuilder_write(handle, folder, 0o444, nil, nil), "cannot write a pack into \(folder)")
        guard let hash = git_packbuilder_name(handle) else {
            throw AmxError(.failure, "cannot write a pack into \(folder)")
        }
        let name = String(cString: hash)
        for suffix in ["pack", "idx"] { try OpenFile("\(folder)/pack-\(name).\(suffix)", O_RDONLY).syncOrDefer() }
        return name
    }
}
