import Capsules
import Objects

/// A working form as one side of a comparison.
struct WorkingSide: ComparedContent {
    private let copy: any WorkingCopy
    private let repository: Repository?
    private let content: WorkingContent
    private let sizes: [TreePath: Int]
    // Opened once: the packed form's index is read anew by every opening.
    private let container: ContainerReader?

    /// Reads what lies there now.
    init(_ copy: any WorkingCopy, repository: Repository?) throws(AmxError) {
        self.copy = copy
        self.repository = repository
        content = try copy.content()
        sizes = Dictionary(content.files.map { ($0.path, $0.size) }) { first, _ in first }
        container =
            try copy.existingForm() == .packed
            ? copy.packedPath.map { path throws(AmxError) in try ContainerReader(path) } : nil
    }

    /// The files, in bytewise path order.
    var files: [FileEntry] { content.entries }

    var manifest: FileEntry? { content.files.first { $0.path.string == Manifest.fileName }?.entry }

    func bytes(of file: FileEntry) throws(AmxError) -> [UInt8] {
        if let bytes = content.overlay[file.path] { return bytes }
        if let container { return try container.read(file.path) }
        return try copy.bytes(of: file.path)
    }

    func size(of file: FileEntry) throws(AmxError) -> Int { sizes[file.path] ?? 0 }

    func isKept(_ file: FileEntry) -> Bool { repository?.contains(file.id) ?? false }
}
