import Capsules
import Objects

extension PathSwap {
    /// Prepares other bytes for a file, its removal where they are empty; nil without bytes, or where it has them already.
    convenience init?(
        _ path: String, by bytes: [UInt8]?, in workspace: Workspace, limit: Int, mode: UInt32 = 0o644
    ) throws(AmxError) {
        guard let bytes, try FileContent.read(path, limit: limit) ?? [] != bytes else { return nil }
        try self.init(at: path, to: bytes.isEmpty ? .nothing : .file, in: workspace.temporaryDirectory)
        if !bytes.isEmpty { try AtomicFile.write(bytes, to: newPath, mode: mode) }
    }

    /// Prepares that a capsule's working form goes; nil where it has none.
    convenience init?(removing capsule: WorkspaceCapsule) throws(AmxError) {
        let path: String
        switch try capsule.form() {
        case .directory: path = capsule.directoryPath
        case .packed: path = capsule.workspace.packedPath(capsule.id)
        case nil: return nil
        }
        try self.init(at: path, to: .nothing, in: capsule.workspace.temporaryDirectory)
    }
}
