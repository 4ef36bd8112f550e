import CGit2
import Glibc

/// libgit2's pack builder.
final class PackBuilder {
    let handle: OpaquePointer
    private let repository: Repository

    /// One thread, since with several the same objects may make another pack each time.
    init(_ repository: Repository) throws(AmxError) {
        var handle: OpaquePointer?
        try LibGit2.check(
            git_packbuilder_new(&handle, repository.handle), "cannot write a pack of \(repository.path)")
        guard let handle else { throw AmxError(.failure, "cannot write a pack of \(repository.path)") }
        self.handle = handle
        self.repository = repository
        git_packbuilder_set_threads(handle, 1)
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
}
