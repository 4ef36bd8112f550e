/// The `Key: value` lines that end a commit's or tag's message.
package enum Trailers {
    /// The values of a key in the message's last paragraph, in order; the key is compared without case.
    ///
    /// A signature block after the last paragraph is not looked at.
    package static func values(of key: String, in message: String) -> [String] {
        var lines = lines(of: message)
        if let signature = lines.firstIndex(where: { $0.starts(with: "-----BEGIN ".utf8) }) {
            lines.removeSubrange(signature...)
        }
        while let last = lines.last, isBlank(last) { lines.removeLast() }
        guard let blank = lines.lastIndex(where: isBlank) else { return [] }
        let wanted = key.lowercased()
        return lines[(blank + 1)...].compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                String(decoding: line[..<colon], as: UTF8.self).lowercased() == wanted
            else { return nil }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            return String(decoding: value, as: UTF8.self)
        }
    }

    /// Appends a trailer to a message, in the existing trailer paragraph when there is one.
    package static func append(_ key: String, _ value: String, to message: String) -> String {
        var lines = lines(of: message)
        while let last = lines.last, isBlank(last) { lines.removeLast() }
        let body = lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        let blank = lines.lastIndex(where: isBlank)
        let isTrailers = blank.map { lines[($0 + 1)...].allSatisfy(isTrailer) } ?? false
        return "\(body)\(isTrailers ? "\n" : "\n\n")\(key): \(value)\n"
    }

    private static func lines(of message: String) -> [ArraySlice<UInt8>] {
        Array(message.utf8).split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            line.last == 0x0D ? line.dropLast() : line
        }
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    private static func isTrailer(_ line: ArraySlice<UInt8>) -> Bool {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return false }
        return line[..<colon].allSatisfy { byte in
            byte == UInt8(ascii: "-") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
        }
    }
}
