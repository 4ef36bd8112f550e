import Capsules
import Glibc
import Objects

/// The statuses of the clean capsules of a workspace, as they were last found out, each with the metadata that it depends on.
///
/// Derived: a missing, damaged or outdated file only costs time. All capsules are in one file, so that a status of thousands
/// opens none of their repositories. Reading is safe from several threads at once.
struct StatusCache: Sendable {
    private static let magic = Array("AMXSTATUS1".utf8)
    private static let limit = 1 << 30
    private let path: String
    private let bytes: [UInt8]
    /// By the ids of their capsules.
    private var records: [String: StatusRecord] = [:]

    /// Reads the cache of a workspace; anything wrong with it makes an empty one.
    init(_ workspace: Workspace) {
        path = "\(workspace.cacheDirectory)/status"
        let header = Self.header(of: workspace)
        guard let bytes = try? FileContent.read(path, limit: Self.limit), bytes.starts(with: header),
            bytes.count >= header.count + SHA256Digest.byteCount
        else {
            self.bytes = []
            return
        }
        self.bytes = bytes
        let end = bytes.count - SHA256Digest.byteCount
        records = bytes.withUnsafeBytes { buffer in
            let sum = SHA256Hasher.hash(of: UnsafeRawBufferPointer(rebasing: buffer[..<end]))
            guard sum.bytes.elementsEqual(buffer[end...]) else { return [:] }
            var records: [String: StatusRecord] = [:]
            var position = header.count
            while let record = StatusRecord(buffer, at: &position, end: end) {
                records[String(decoding: buffer[record.id], as: UTF8.self)] = record
            }
            return records
        }
    }

    /// The capsules that the cache knows.
    var count: Int { records.count }

    /// A capsule's status, if nothing has changed that it depends on; looks at metadata below two open folders.
    func status(of id: CapsuleID, store: Int32, capsules: Int32) -> CapsuleStatus? {
        guard let record = records[id.string] else { return nil }
        // In both forms at once, a capsule is in conflict.
        var other = stat()
        guard
            fstatat(capsules, record.form == .packed ? id.string : "\(id).kc", &other, AT_SYMLINK_NOFOLLOW) != 0
        else { return nil }
        let digest = bytes.withUnsafeBytes { buffer in
            StatusFingerprint.digest(
                repositoryPaths: UnsafeRawBufferPointer(rebasing: buffer[record.repositoryPaths]),
                formPaths: UnsafeRawBufferPointer(rebasing: buffer[record.formPaths]), store: store, capsules: capsules)
        }
        guard let digest, digest.bytes.elementsEqual(bytes[record.digest]) else { return nil }
        return record.status(of: id, in: bytes)
    }

    /// Writes the cache anew: the records that still hold and those found out now. Failures are nobody's concern.
    func save(
        keeping kept: [CapsuleStatus], adding found: [(CapsuleStatus, StatusFingerprint)], in workspace: Workspace
    ) {
        var writer = StatusRecordWriter(Self.header(of: workspace))
        for status in kept {
            guard let record = records[status.id.string] else { continue }
            writer.add(
                status, digest: bytes[record.digest], repositoryPaths: bytes[record.repositoryPaths],
                formPaths: bytes[record.formPaths])
        }
        for (status, print) in found {
            writer.add(
                status, digest: print.digest.bytes[...], repositoryPaths: print.repositoryPaths[...],
                formPaths: print.formPaths[...])
        }
        AtomicFile.writeDerived(writer.finish(), to: path)
    }

    /// What the file begins with: the format, and the metadata of the configuration, on which every status depends.
    private static func header(of workspace: Workspace) -> [UInt8] {
        var status = stat()
        lstat(workspace.configPath, &status)
        let hasher = SHA256Hasher()
        StatCache.Stamp(status).add(to: hasher)
        return magic + hasher.finish().bytes
    }
}
