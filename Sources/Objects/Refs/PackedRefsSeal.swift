/// The checksum of `packed-refs` in its own first line, which git and libgit2 pass over as a trait that they don't know.
///
/// It is what tells a name that a flipped bit has turned into another one. A file whose checksum is wrong when it is replaced gets
/// `doubtful` in its place, so that the next push does not hide what has happened; git's own header, which
/// `git pack-refs --all` writes, says nothing of either.
enum PackedRefsSeal {
    /// What a file's first line states of the others.
    enum State {
        /// Nothing: another tool wrote the file.
        case none
        /// Their checksum.
        case intact
        /// Another checksum than theirs.
        case broken
        /// That their checksum was wrong some time before.
        case doubtful
    }

    private static let start = Array("# pack-refs with: peeled fully-peeled sorted sha256:".utf8)
    private static let end = Array(" \n".utf8)
    private static let placeholder = [UInt8](repeating: 0x30, count: 2 * SHA256Digest.byteCount)
    private static let doubt = Array("# pack-refs with: peeled fully-peeled sorted doubtful \n".utf8)

    /// What the file's bytes say of themselves; costs their SHA-256 where there is a checksum.
    static func state(of bytes: [UInt8]) -> State {
        if bytes.starts(with: doubt) { return .doubtful }
        guard bytes.starts(with: start) else { return .none }
        let digits = start.count..<start.count + placeholder.count
        let header = digits.upperBound + end.count
        guard bytes.count >= header, bytes[digits.upperBound..<header].elementsEqual(end),
            let stated = SHA256Digest(hex: String(decoding: bytes[digits], as: UTF8.self))
        else { return .broken }
        return checksum(of: bytes, from: header) == stated ? .intact : .broken
    }

    /// The first line of a file, which ``close(_:)`` completes.
    static func header(isDoubtful: Bool) -> [UInt8] { isDoubtful ? doubt : start + placeholder + end }

    /// Puts the checksum into the first line of a file that is otherwise complete.
    static func close(_ bytes: inout [UInt8]) {
        guard bytes.starts(with: start) else { return }
        let digest = checksum(of: bytes, from: start.count + placeholder.count + end.count)
        bytes.replaceSubrange(start.count..<start.count + placeholder.count, with: digest.hex.utf8)
    }

    private static func checksum(of bytes: [UInt8], from header: Int) -> SHA256Digest {
        bytes.withUnsafeBytes { SHA256Hasher.hash(of: UnsafeRawBufferPointer(rebasing: $0.dropFirst(header))) }
    }
}
