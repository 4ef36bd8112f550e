import Capsules
import Glibc
import Objects

/// The statuses of the clean capsules of a workspace, as they were last found out, each with the metadata that it depends on.
///
/// Derived: a missing, damaged or outdated file only costs time. All capsules are in one file, so that a status of thousands
/// opens none of their repositories. Reading is safe from several threads at once.
struct StatusCache: Sendable {
    /// One capsule's record: where its parts lie in the file.
    private struct Record: Sendable {
        var status: CapsuleStatus
        var digest: SHA256Digest
        var repositoryPaths: Range<Int>
        var formPaths: Range<Int>
    }

    private static let magic = Array("AMXSTATUS1".utf8)
    private static let limit = 1 << 30
    private let path: String
    private let bytes: [UInt8]
    private var records: [CapsuleID: Record] = [:]

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
        let isWhole = bytes.withUnsafeBytes { buffer in
            SHA256Hasher.hash(of: UnsafeRawBufferPointer(rebasing: buffer[..<end])).bytes.elementsEqual(buffer[end...])
        }
        guard isWhole else { return }
        var reader = StatusRecordReader(bytes[header.count..<end])
        while let (status, digest, repositoryPaths, formPaths) = reader.next() {
            records[status.id] = Record(
                status: status, digest: digest, repositoryPaths: repositoryPaths, formPaths: formPaths)
        }
    }

    /// The capsules that the cache knows.
    var count: Int { records.count }

    /// A capsule's status, if nothing has changed that it depends on; looks at metadata below two open folders.
    func status(of id: CapsuleID, store: Int32, capsules: Int32) -> CapsuleStatus? {
        guard let record = records[id] else { return nil }
        // In both forms at once, a capsule is in conflict.
        var other = stat()
        guard
            fstatat(capsules, record.status.form == .packed ? id.string : "\(id).kc", &other, AT_SYMLINK_NOFOLLOW) != 0
        else { return nil }
        let digest = bytes.withUnsafeBytes { buffer in
            StatusFingerprint.digest(
                repositoryPaths: UnsafeRawBufferPointer(rebasing: buffer[record.repositoryPaths]),
                formPaths: UnsafeRawBufferPointer(rebasing: buffer[record.formPaths]), store: store, capsules: capsules)
        }
        return digest == record.digest ? record.status : nil
    }

    /// Writes the cache anew: the records that still hold and those found out now. Failures are nobody's concern.
    func save(keeping kept: Set<CapsuleID>, adding found: [(CapsuleStatus, StatusFingerprint)], in workspace: Workspace)
    {
        var writer = StatusRecordWriter(Self.header(of: workspace))
        for (id, record) in records where kept.contains(id) {
            writer.add(
                record.status, digest: record.digest, repositoryPaths: bytes[record.repositoryPaths],
                formPaths: bytes[record.formPaths])
        }
        for (status, print) in found {
            writer.add(
                status, digest: print.digest, repositoryPaths: print.repositoryPaths[...],
                formPaths: print.formPaths[...])
        }
        let temporary = "\(workspace.cacheDirectory)/\(Directory.temporaryName(".tmp"))"
        do throws(AmxError) {
            try Directory.create(workspace.cacheDirectory)
            // Not fsynced: losing it loses nothing.
            let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            try file.write(writer.finish())
            rename(temporary, path)
        } catch {
            unlink(temporary)
        }
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
