import Capsules
package import Objects

/// What a merge of three trees would give; nothing has been written.
package struct MergedTree: Sendable {
    /// The files in bytewise path order; they keep the tree rules.
    package internal(set) var files: [FileEntry]
    /// The contents that none of the three trees has, by their ids as blobs.
    package internal(set) var contents: [ObjectID: [UInt8]]
    /// What is left to decide, by path.
    package internal(set) var conflicts: [MergeConflict]
    /// Of a workspace, what becomes of its capsules when the merge is concluded.
    var capsules: CapsuleMerge?

    /// A file's bytes.
    func bytes(of file: FileEntry, in repository: Repository) throws(AmxError) -> [UInt8] {
        if let merged = contents[file.id] { return merged }
        return try repository.read(file.id, as: .blob)
    }

    /// Replaces a file's content.
    mutating func replace(_ path: TreePath, by bytes: [UInt8]) throws(AmxError) {
        let id = try bytes.span.withUnsafeBytes { buffer throws(AmxError) in
            try Repository.objectID(of: buffer, kind: .blob)
        }
        contents[id] = bytes
        let mode = files.first { $0.path == path }?.mode ?? .regular
        files.removeAll { $0.path == path }
        files.insert(
            FileEntry(path: path, mode: mode, id: id), at: files.firstIndex { path < $0.path } ?? files.endIndex)
    }
}
