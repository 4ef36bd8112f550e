import CGit2
import Glibc

extension ObjectID {
    /// The id of an object that is all at hand; throws for content that bears the marks of a known collision attack.
    package static func hash(of bytes: [UInt8], as kind: ObjectKind) throws(AmxError) -> ObjectID {
        try bytes.span.withUnsafeBytes { (bytes) throws(AmxError) in try ObjectHasher.id(of: bytes, kind: kind) }
    }
}

/// Computes object ids with collision detection, from bytes at hand or in pieces.
///
/// libgit2's only public way to its collision-detecting SHA-1 in pieces is a write stream of an object database; this one
/// stores nothing. Content that bears the marks of a known collision attack is refused. Not for use by several threads at
/// once.
final class ObjectHasher {
    private let database: OpaquePointer
    private var stream: UnsafeMutablePointer<git_odb_stream>?

    init() throws(AmxError) {
        _ = LibGit2.ready
        var database: OpaquePointer?
        try LibGit2.check(git_odb_new(&database), "cannot hash objects")
        guard let database else { throw AmxError(.failure, "cannot hash objects: out of memory") }
        guard let backend = Self.makeBackend() else {
            git_odb_free(database)
            throw AmxError(.failure, "cannot hash objects: out of memory")
        }
        let result = git_odb_add_backend(database, backend, 1)
        if result < 0 {
            free(backend)
            git_odb_free(database)
        }
        try LibGit2.check(result, "cannot hash objects")
        self.database = database
    }

    deinit {
        git_odb_stream_free(stream)
        git_odb_free(database)
    }

    /// The id of an object that is all at hand.
    static func id(of bytes: UnsafeRawBufferPointer, kind: ObjectKind) throws(AmxError) -> ObjectID {
        _ = LibGit2.ready
        var oid = git_oid()
        // libgit2 refuses a null pointer for the empty object.
        let result = withUnsafeBytes(of: 0) { nothing in
            git_odb_hash(&oid, bytes.baseAddress ?? nothing.baseAddress, bytes.count, kind.git)
        }
        guard result == 0 else { throw collision(kind) }
        return ObjectID(oid)
    }

    /// Starts an object of a known size; an unfinished one is forgotten.
    func begin(_ kind: ObjectKind, size: Int) throws(AmxError) {
        git_odb_stream_free(stream)
        stream = nil
        try LibGit2.check(
            git_odb_open_wstream(&stream, database, git_object_size_t(size), kind.git), "cannot hash an object")
    }

    /// Takes in the next bytes.
    func update(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        try LibGit2.check(
            git_odb_stream_write(stream, base.assumingMemoryBound(to: CChar.self), bytes.count), "cannot hash an object"
        )
    }

    /// The id of the object whose bytes have all been given.
    func finish(_ kind: ObjectKind) throws(AmxError) -> ObjectID {
        defer {
            git_odb_stream_free(stream)
            stream = nil
        }
        var oid = git_oid()
        git_error_clear()
        try LibGit2.check(git_odb_stream_finalize_write(&oid, stream), "cannot hash an object")
        // The stream's own result hides a detected collision; the error that SHA-1 has set does not.
        if let error = git_error_last(), error.pointee.klass == Int32(GIT_ERROR_SHA.rawValue) {
            throw Self.collision(kind)
        }
        return ObjectID(oid)
    }

    private static func collision(_ kind: ObjectKind) -> AmxError {
        git_error_clear()
        return AmxError(
            .verification, "cannot take the pack: a \(kind.rawValue) bears the marks of a SHA-1 collision attack",
            hint: "do not use what was sent: ask its author where the object comes from")
    }

    private static func makeBackend() -> UnsafeMutablePointer<git_odb_backend>? {
        guard let memory = calloc(1, MemoryLayout<git_odb_backend>.size) else { return nil }
        let backend = memory.bindMemory(to: git_odb_backend.self, capacity: 1)
        git_odb_init_backend(backend, UInt32(GIT_ODB_BACKEND_VERSION))
        backend.pointee.free = { Glibc.free($0) }
        backend.pointee.writestream = { result, backend, _, _ in
            guard let result, let memory = calloc(1, MemoryLayout<git_odb_stream>.size) else { return -1 }
            let stream = memory.bindMemory(to: git_odb_stream.self, capacity: 1)
            stream.pointee.backend = backend
            stream.pointee.mode = UInt32(GIT_STREAM_WRONLY.rawValue)
            stream.pointee.write = { _, _, _ in 0 }
            stream.pointee.finalize_write = { _, _ in 0 }
            stream.pointee.free = { Glibc.free($0) }
            result.pointee = stream
            return 0
        }
        return backend
    }
}
