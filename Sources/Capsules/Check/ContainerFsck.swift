package import Objects

/// Checks a `.kc` file to the last bit, as far as that can be known.
///
/// A few bits of a compressed frame mean nothing to zstd, so that reading the file does not tell of them. In a file with an index,
/// which is one that Amx has written, a frame that is one bit away from what this libzstd makes of its content has such a bit turned
/// over; one that is different in more places was made by another libzstd or level. Any other archive is only read.
package struct ContainerFsck {
    private let path: String

    /// Prepares for the file at a path.
    package init(_ path: String) { self.path = path }

    /// Throws for what is wrong, as ``ContainerReader/verify()`` does; costs as much as reading the file and writing it anew.
    package func run() throws(AmxError) {
        let reader = try ContainerReader(path)
        try reader.verify()
        guard case .indexed(let frames, let index) = reader.archive else { return }
        let encoder = try ZstdEncoder(level: ContainerWriter.standardLevel)
        for (number, frame) in frames.seekTable.frames.enumerated() {
            let made = try encoder.frame(try frames.bytes(ofFrame: number))
            try compare(try reader.input.bytes(frame.region), made, at: frame.region.lowerBound, reader.input)
        }
        if let region = frames.seekTable.index {
            let made = try index.encoded(with: encoder)
            try compare(try reader.input.bytes(region), made, at: region.lowerBound, reader.input)
        }
    }

    private func compare(
        _ found: [UInt8], _ made: [UInt8], at start: Int, _ input: ContainerInput
    ) throws(AmxError) {
        guard found != made, let place = SingleBit.place(found, made) else { return }
        throw input.damage("one bit of byte \(start + place) is not what was written, which its content does not show")
    }
}
