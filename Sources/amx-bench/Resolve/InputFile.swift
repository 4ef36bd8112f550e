import CZlib

/// Reads a file, decompressed if it is gzipped.
enum InputFile {
    /// A file that cannot be read.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func read(_ path: String) throws -> [UInt8] {
        // zlib's reader passes on what is not compressed.
        guard let file = gzopen(path, "rb") else { throw Failure(description: "cannot read '\(path)'") }
        defer { gzclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = gzread(file, &chunk, UInt32(chunk.count))
            if count < 0 { throw Failure(description: "'\(path)' is damaged") }
            if count == 0 { return bytes }
            bytes += chunk[..<Int(count)]
        }
    }
}
