package import Capsules
import Glibc
package import Objects

extension Workspace {
    /// The file whose first line is the replica id.
    package var replicaPath: String { "\(metadata)/replica" }

    /// The id of this copy of the workspace, under which its events are kept; nil before it has any.
    ///
    /// The second line, where there is one, has the inode numbers of the file and of its folder. In a copy of the directory they are
    /// others: then the id is that of the original, and this copy has none yet. Device numbers are not compared: some
    /// systems number devices anew at each start.
    package func replica() throws(AmxError) -> ReplicaID? {
        guard let bytes = try FileContent.read(replicaPath, limit: 4096) else { return nil }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let replica = lines.first.flatMap({ ReplicaID(String(decoding: $0, as: UTF8.self)) }) else {
            throw AmxError(
                .failure, "\(replicaPath) has no replica id in its first line",
                hint: "restore it from a backup, or remove it and run `amx audit`")
        }
        guard lines.count > 1, !lines[1].isEmpty else { return replica }
        var status = stat()
        guard stat(replicaPath, &status) == 0 else { throw AmxError.system("cannot read \(replicaPath)") }
        return try lines[1].elementsEqual(place(status.st_ino).utf8) ? replica : nil
    }

    /// Makes an id that of this copy, durably; the caller holds the journal's lock, and has begun its journal.
    func note(_ replica: ReplicaID) throws(AmxError) {
        try AtomicFile.write(to: replicaPath) { file throws(AmxError) in
            try file.write(Array("\(replica.string)\n\(place(file.status().st_ino))\n".utf8))
        }
    }

    private func place(_ inode: UInt) throws(AmxError) -> String {
        var status = stat()
        guard stat(metadata, &status) == 0 else { throw AmxError.system("cannot read \(metadata)") }
        return "\(inode) \(status.st_ino)"
    }
}
