import Capsules
import Objects

/// The digests of commits that were counted here, file by file: `.aimatrix/cache/digests`.
///
/// A commit never changes, so what was counted once holds for ever, whatever a lock says of it. Derived: without the file, or with one that is
/// damaged, they are counted again. Used from one thread.
struct CountedDigests {
    private static let magic = Array("AMXDIGESTS1\n".utf8)
    private static let recordSize = ObjectID.byteCount + SHA256Digest.byteCount
    private static let limit = 1 << 26

    private let workspace: Workspace
    private var known: [ObjectID: ContentDigest] = [:]
    private var used: [ObjectID: ContentDigest] = [:]
    private var hasNew = false
    private var path: String { "\(workspace.cacheDirectory)/digests" }

    /// Reads what is known.
    init(_ workspace: Workspace) {
        self.workspace = workspace
        guard let bytes = try? FileContent.read(path, limit: Self.limit), bytes.starts(with: Self.magic) else { return }
        let end = bytes.count - SHA256Digest.byteCount
        guard end >= Self.magic.count, SHA256Hasher.hash(of: Array(bytes[..<end])).bytes.elementsEqual(bytes[end...])
        else {
            return
        }
        for start in stride(from: Self.magic.count, to: end - Self.recordSize + 1, by: Self.recordSize) {
            let middle = start + ObjectID.byteCount
            guard let id = ObjectID(bytes: bytes[start..<middle]),
                let sum = SHA256Digest(bytes: bytes[middle..<(start + Self.recordSize)])
            else { continue }
            known[id] = ContentDigest(sha256: sum)
        }
    }

    /// The digest of a commit of a capsule, counted unless it was before.
    mutating func digest(of commit: ObjectID, of capsule: WorkspaceCapsule) throws(AmxError) -> ContentDigest {
        if let digest = known[commit] {
            used[commit] = digest
            return digest
        }
        guard let repository = try capsule.workspace.anyRepository(capsule.id) else { throw capsule.missing() }
        let digest = try repository.digest(ofTree: repository.commit(commit).tree)
        (known[commit], used[commit], hasNew) = (digest, digest, true)
        return digest
    }

    /// Keeps what was asked for since; a failure only costs time.
    func save() {
        guard hasNew else { return }
        var bytes = Self.magic
        for (id, digest) in used.sorted(by: { $0.key < $1.key }) { bytes += id.bytes + digest.sha256.bytes }
        bytes += SHA256Hasher.hash(of: bytes).bytes
        AtomicFile.writeDerived(bytes, to: path)
    }
}
