package import Capsules
import Glibc
package import Objects

/// The capsules in which a pull or fetch had nothing to do, each with the metadata of its references.
///
/// What holds for one state of the remote, of the command's settings and of the workspace's configuration says nothing about
/// another: that is the cache's key. Derived: a missing, damaged or outdated file only costs time. Looking is safe from several
/// threads at once.
package struct SettledCapsules: Sendable {
    private static let magic = Array("AMXSETTLED1\n".utf8)
    private static let limit = 1 << 28
    private let workspace: Workspace
    private let path: String
    private let key: SHA256Digest
    private let moment = StatMoment.now
    private let isUsable: Bool
    /// By the ids of their capsules.
    private var known: [CapsuleID: SHA256Digest] = [:]

    /// Reads what is known; `name` says what for, `state` all that it depends on beside the workspace.
    package init(_ workspace: Workspace, _ name: String, state: [UInt8]) {
        self.workspace = workspace
        path = "\(workspace.cacheDirectory)/settled/\(SHA256Hasher.hash(of: Array(name.utf8)).hex)"
        let hasher = SHA256Hasher()
        var status = stat()
        lstat(workspace.configPath, &status)
        let stamp = StatCache.Stamp(status)
        // One that has just been written could be written again without a new time.
        isUsable = moment.isLater(than: stamp)
        stamp.add(to: hasher)
        state.withUnsafeBytes { hasher.update($0) }
        key = hasher.finish()
        let header = Self.magic + key.bytes
        guard isUsable, let bytes = try? FileContent.read(path, limit: Self.limit), bytes.starts(with: header),
            bytes.count >= header.count + SHA256Digest.byteCount
        else { return }
        let end = bytes.count - SHA256Digest.byteCount
        known = bytes.withUnsafeBytes { buffer in
            let sum = SHA256Hasher.hash(of: UnsafeRawBufferPointer(rebasing: buffer[..<end]))
            guard sum.bytes.elementsEqual(buffer[end...]) else { return [:] }
            return Self.records(UnsafeRawBufferPointer(rebasing: buffer[header.count..<end]))
        }
    }

    /// Each is a digest, an id and a newline.
    private static func records(_ bytes: UnsafeRawBufferPointer) -> [CapsuleID: SHA256Digest] {
        var records: [CapsuleID: SHA256Digest] = [:]
        records.reserveCapacity(bytes.count / 48)
        var start = 0
        while bytes.count - start > SHA256Digest.byteCount {
            let name = start + SHA256Digest.byteCount
            guard let end = bytes[name...].firstIndex(of: 0x0A),
                let digest = SHA256Digest(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<name])),
                let id = try? CapsuleID(String(decoding: bytes[name..<end], as: UTF8.self))
            else { return records }
            records[id] = digest
            start = end + 1
        }
        return records
    }

    /// Parts capsules, on several threads, into those that are as they were and the rest, which keep their order.
    ///
    /// With `needsForm`, one that has not exactly one working form is of the rest.
    package func sort(_ ids: [CapsuleID], needsForm: Bool) -> (settled: [CapsuleID], rest: [CapsuleID]) {
        guard !known.isEmpty else { return ([], ids) }
        let holds = WorkerThreads.map(ids, threads: 4) { id in
            known[id].map { known in
                (!needsForm || ((try? workspace.capsule(id).form()) ?? nil) != nil) && fingerprint(id) == known
            } ?? false
        }
        var result: (settled: [CapsuleID], rest: [CapsuleID]) = ([], [])
        for (id, holds) in zip(ids, holds) {
            if holds { result.settled.append(id) } else { result.rest.append(id) }
        }
        return result
    }

    /// The metadata of a capsule's references; nil when they could change without its changing: while some are loose, and
    /// shortly after a change. Take it before the references are read.
    package func fingerprint(_ id: CapsuleID) -> SHA256Digest? {
        let repository = workspace.repositoryPath(id)
        let hasher = SHA256Hasher()
        for name in ["HEAD", "packed-refs", "refs"] {
            var status = stat()
            guard lstat("\(repository)/\(name)", &status) == 0 else { return nil }
            let stamp = StatCache.Stamp(status)
            guard moment.isLater(than: stamp) else { return nil }
            stamp.add(to: hasher)
        }
        return hasher.finish()
    }

    /// Whether a capsule's references are all packed, so that a fingerprint is of all of them.
    package func isPacked(_ id: CapsuleID) -> Bool {
        (try? Directory.names(in: "\(workspace.repositoryPath(id))/refs"))?.isEmpty == true
    }

    /// Writes the cache anew: the records that still hold and those found out now. Failures are nobody's concern.
    package func save(keeping kept: [CapsuleID], adding found: [(id: CapsuleID, fingerprint: SHA256Digest)]) {
        guard isUsable, !found.isEmpty || kept.count != known.count else { return }
        var bytes = Self.magic + key.bytes
        for (id, digest) in kept.compactMap({ id in known[id].map { (id, $0) } })
            + found.map({ ($0.id, $0.fingerprint) })
        {
            bytes += digest.bytes
            bytes += id.string.utf8
            bytes.append(0x0A)
        }
        bytes += SHA256Hasher.hash(of: bytes).bytes
        AtomicFile.writeDerived(bytes, to: path)
    }
}
