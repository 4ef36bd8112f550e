package import Objects

/// Takes content piece by piece; the bytes are valid only during the call.
package typealias ContentSink = (UnsafeRawBufferPointer) throws(AmxError) -> Void

/// One file on its way into or out of a `.kc` file: what it is, and a way to get its content.
package struct ContainerFile {
    /// Where it stands in the capsule.
    package var path: TreePath
    /// Whether its owner may execute it.
    package var mode: FileMode
    /// How many bytes its content has.
    package var size: Int
    /// Gives the content, piece by piece, to a sink; what the sink throws comes out again.
    package var content: (ContentSink) throws(AmxError) -> Void

    /// Makes a file whose content `content` gives; it must give exactly `size` bytes.
    package init(
        path: TreePath, mode: FileMode, size: Int, content: @escaping (ContentSink) throws(AmxError) -> Void
    ) {
        self.path = path
        self.mode = mode
        self.size = size
        self.content = content
    }

    /// Makes a file whose content is at hand.
    package init(path: TreePath, mode: FileMode, bytes: [UInt8]) {
        self.init(path: path, mode: mode, size: bytes.count) { sink throws(AmxError) in
            try bytes.withUnsafeBufferPointer { buffer throws(AmxError) in try sink(UnsafeRawBufferPointer(buffer)) }
        }
    }
}
