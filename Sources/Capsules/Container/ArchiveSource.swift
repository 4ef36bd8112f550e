import Objects

/// Gives the bytes of a tar archive from its first to its last, in pieces of any size.
protocol ArchiveSource: AnyObject {
    /// The next piece, or nil at the end.
    func next() throws(AmxError) -> [UInt8]?
}

/// The archive of a file with an index, frame by frame.
final class ArchiveFrameSource: ArchiveSource {
    private let frames: ArchiveFrames
    private var number = 0

    /// Starts before the first frame.
    init(_ frames: ArchiveFrames) { self.frames = frames }

    func next() throws(AmxError) -> [UInt8]? {
        guard number < frames.seekTable.frames.count else { return nil }
        defer { number += 1 }
        return try frames.bytes(ofFrame: number)
    }
}
