import Capsules
import Objects

/// A capsule's files in memory as one side of a difference; counts what is read.
final class MemoryContent: ComparedContent {
    let files: [TreePath: FileEntry]
    private let contents: [TreePath: [UInt8]]
    private let keeps: Bool
    private(set) var reads = 0

    init(_ files: [String: [UInt8]], executable: Set<String> = [], keeps: Bool = true) throws {
        var entries: [TreePath: FileEntry] = [:]
        var contents: [TreePath: [UInt8]] = [:]
        for (name, bytes) in files {
            let path = try TreePath(name)
            let id = try bytes.span.withUnsafeBytes { buffer throws(AmxError) in
                try Repository.objectID(of: buffer, kind: .blob)
            }
            entries[path] = FileEntry(path: path, mode: executable.contains(name) ? .executable : .regular, id: id)
            contents[path] = bytes
        }
        (self.files, self.contents, self.keeps) = (entries, contents, keeps)
    }

    convenience init(texts: [String: String]) throws { try self.init(texts.mapValues { Array($0.utf8) }) }

    var manifest: FileEntry? { files.values.first { $0.path.string == Manifest.fileName } }

    func bytes(of file: FileEntry) throws(AmxError) -> [UInt8] {
        reads += 1
        guard let bytes = contents[file.path], files[file.path] == file else {
            throw AmxError(.notFound, "\(file.path.string) is not there")
        }
        return bytes
    }

    func size(of file: FileEntry) throws(AmxError) -> Int { contents[file.path]?.count ?? 0 }

    func isKept(_ file: FileEntry) -> Bool { keeps }

    /// What differs from this content to another.
    func difference(to other: MemoryContent, findsRenames: Bool = true) throws -> Difference {
        let paths = Set(files.keys).union(other.files.keys).sorted()
        let changes = paths.compactMap { path in
            files[path] == other.files[path] ? nil : ChangedFile(files[path], other.files[path])
        }
        return try Difference(from: self, to: other, changes: changes, findsRenames: findsRenames)
    }
}

extension Difference {
    /// The difference of two capsules that are nothing but a manifest with more members.
    static func ofManifests(_ old: String, _ new: String) throws -> Difference {
        func content(_ members: String) throws -> MemoryContent {
            let rest = members.isEmpty ? "" : ", \(members)"
            let version = members.contains("\"version\"") ? "" : ", \"version\": \"1.0.0\""
            return try MemoryContent(texts: ["manifest.json": "{\"id\": \"a\", \"name\": \"A\"\(version)\(rest)}"])
        }
        return try content(old).difference(to: content(new))
    }
}
