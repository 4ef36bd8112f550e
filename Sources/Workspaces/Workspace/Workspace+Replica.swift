package import Capsules
import Glibc
package import Objects

extension Workspace {
    /// The file whose first line is the replica id.
    package var replicaPath: String { "\(metadata)/replica" }

    /// The file by which the workspace's own repository knows whose it is.
    var replicaMarkPath: String { "\(filesRepositoryPath)/amx-replica" }

    /// The id of this copy of the workspace, under which its events are kept; nil before it has any.
    ///
    /// The second line, where there is one, has the inode numbers of the file and of its folder. In a copy of the directory they are
    /// others: then the id is that of the original, and this copy has none yet. Device numbers are not compared: some
    /// systems number devices anew at each start.
    package func replica() throws(AmxError) -> ReplicaID? {
        guard let lines = try lines(of: replicaPath) else { return nil }
        guard let replica = lines.first.flatMap({ ReplicaID(String(decoding: $0, as: UTF8.self)) }) else {
            throw AmxError(
                .failure, "\(replicaPath) has no replica id in its first line",
                hint: "restore it from a backup, or remove it and run `amx audit`")
        }
        return try isHere(lines, replicaPath) ? replica : nil
    }

    /// Makes an id that of this copy, durably; the caller holds the journal's lock, and has begun its journal.
    func note(_ replica: ReplicaID) throws(AmxError) {
        try AtomicFile.write(to: replicaPath) { file throws(AmxError) in
            try file.write(Array("\(replica.string)\n\(place(file.status().st_ino, in: metadata))\n".utf8))
        }
    }

    /// What the workspace's own repository says of this copy's id; nil where it says nothing, or says it of the directory that this one was
    /// copied from.
    func replicaMark() throws(AmxError) -> ReplicaMark? {
        guard let lines = try lines(of: replicaMarkPath), let mark = ReplicaMark(lines),
            try isHere(lines, replicaMarkPath)
        else { return nil }
        return mark
    }

    /// Lets the workspace's own repository, if there is one, say so, durably.
    func note(_ mark: ReplicaMark) throws(AmxError) {
        guard Directory.isDirectory(filesRepositoryPath) else { return }
        try AtomicFile.write(to: replicaMarkPath) { file throws(AmxError) in
            try file.write(mark.encoded(in: place(file.status().st_ino, in: filesRepositoryPath)))
        }
    }

    private func lines(of path: String) throws(AmxError) -> [ArraySlice<UInt8>]? {
        try FileContent.read(path, limit: 4096)?.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    /// Whether a file is the one that its second line tells of; one without such a line is.
    private func isHere(_ lines: [ArraySlice<UInt8>], _ path: String) throws(AmxError) -> Bool {
        guard lines.count > 1, !lines[1].isEmpty else { return true }
        var status = stat()
        guard stat(path, &status) == 0 else { throw AmxError.system("cannot read \(path)") }
        return try lines[1].elementsEqual(place(status.st_ino, in: Directory.parent(of: path)).utf8)
    }

    private func place(_ inode: UInt, in folder: String) throws(AmxError) -> String {
        var status = stat()
        guard stat(folder, &status) == 0 else { throw AmxError.system("cannot read \(folder)") }
        return "\(inode) \(status.st_ino)"
    }
}
