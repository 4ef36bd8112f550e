extension Inflater {
    /// Inflates a zlib stream that is all at hand and whose size nothing vouches for.
    ///
    /// `.verification` says what is wrong: no stream, an early end, something behind it.
    static func content(of bytes: UnsafeRawBufferPointer) throws(AmxError) -> [UInt8] {
        let inflater = try Inflater()
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        var content: [UInt8] = []
        var rest = bytes
        while true {
            guard let step = inflater.inflate(rest, into: chunk) else { throw unsound("its data is not a zlib stream") }
            content.append(contentsOf: chunk[..<step.produced])
            rest = UnsafeRawBufferPointer(rebasing: rest[step.consumed...])
            if step.ended {
                guard rest.isEmpty else { throw unsound("something stands behind its end") }
                return content
            }
            guard step.consumed > 0 || step.produced > 0 else { throw unsound("it is cut off") }
        }
    }

    private static func unsound(_ why: String) -> AmxError { AmxError(.verification, why) }
}
