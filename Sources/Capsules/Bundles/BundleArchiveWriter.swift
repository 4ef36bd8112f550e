package import Objects

/// Writes the archive of a bundle: the members that it is given, in their order.
///
/// The same members make the same bytes. Memory is one small buffer; what lies in files streams.
package struct BundleArchiveWriter {
    /// Where a member's bytes are.
    package enum Source {
        case bytes([UInt8])
        /// A file, which must still be what the member says.
        case file(String)
    }

    private static let pieceBytes = 1 << 17

    private var members: [(file: BundledFile, source: Source)] = []

    /// Starts with no members.
    package init() {}

    /// Adds a member; names are for the reader to judge.
    package mutating func add(_ file: BundledFile, _ source: Source) { members.append((file, source)) }

    /// Writes the archive, which appears whole and durable, or not at all; an existing file is replaced in one step. Returns its size.
    @discardableResult
    package func write(to path: String) throws(AmxError) -> Int {
        var size = 0
        try AtomicFile.write(to: path) { output throws(AmxError) in
            for (file, source) in members {
                guard let header = TarHeader.bytes(path: Array(file.file.utf8), mode: .regular, size: file.size) else {
                    throw AmxError(.failure, "cannot write \(path): \(file.file) is too large for a tar archive")
                }
                try output.write(header)
                guard try Self.copy(source, to: output) == file.sha256 else {
                    throw AmxError(
                        .conflict, "cannot write \(path): \(file.file) changed meanwhile", hint: "run the command again"
                    )
                }
                let padding = TarHeader.padding(after: file.size)
                try output.write([UInt8](repeating: 0, count: padding))
                size += header.count + file.size + padding
            }
            try output.write([UInt8](repeating: 0, count: 2 * TarHeader.blockBytes))
        }
        return size + 2 * TarHeader.blockBytes
    }

    /// Writes a member's bytes and gives the SHA-256 of these.
    private static func copy(_ source: Source, to output: borrowing OpenFile) throws(AmxError) -> SHA256Digest {
        let hasher = SHA256Hasher()
        switch source {
        case .bytes(let bytes):
            hasher.update(bytes)
            try output.write(bytes)
        case .file(let name):
            let input = try ContainerInput(name)
            var position = 0
            while position < input.size {
                let piece = try input.bytes(position..<min(position + pieceBytes, input.size))
                position += piece.count
                hasher.update(piece)
                try output.write(piece)
            }
        }
        return hasher.finish()
    }
}
