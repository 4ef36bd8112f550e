package import Objects

/// One side of a difference: the files of a capsule at one moment.
///
/// All calls block.
package protocol ComparedContent {
    /// The capsule's manifest, where it has one.
    var manifest: FileEntry? { get }
    /// The bytes of one of the files.
    func bytes(of file: FileEntry) throws(AmxError) -> [UInt8]
    /// The size of one of the files in bytes.
    func size(of file: FileEntry) throws(AmxError) -> Int
    /// Whether the file's content is in a history, from where it can be had again.
    func isKept(_ file: FileEntry) -> Bool
}
