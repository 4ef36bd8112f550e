/// The `Key: value` lines that end a commit's or tag's message, as `git interpret-trailers` understands them.
///
/// They are the last paragraph but never the first one, and all of its lines are trailers or continue one; or one is git's
/// own (`Signed-off-by: `, `(cherry picked from commit `) and a quarter of them are trailers.
package enum Trailers {
    /// The values of a key, in order, each on one line; the key is compared without case.
    ///
    /// A signature block that ends a tag's message is not looked at.
    package static func values(of key: String, in message: String) -> [String] {
        let wanted = key.lowercased()
        let lines = lines(of: message)
        guard let start = start(in: lines) else { return [] }
        var values: [String] = []
        var isContinued = false
        // Whether the line that is continued is a trailer at all: else each line with a blank at its start stands alone.
        var isTrailer = false
        for line in lines[start...] {
            if isTrailer, isBlank(line.first) {
                guard isContinued, let last = values.popLast() else { continue }
                values.append(String(decoding: trimmed(Array("\(last) ".utf8)[...] + trimmed(line)), as: UTF8.self))
                continue
            }
            isContinued = false
            isTrailer = false
            guard let separator = separator(in: line), separator > line.startIndex else { continue }
            isTrailer = true
            guard String(decoding: trimmed(line[..<separator]), as: UTF8.self).lowercased() == wanted else { continue }
            isContinued = true
            values.append(String(decoding: trimmed(line[(separator + 1)...]), as: UTF8.self))
        }
        return values
    }

    /// Appends a trailer to a message, in the existing trailer paragraph when there is one.
    package static func append(_ key: String, _ value: String, to message: String) -> String {
        var lines = Array(message.utf8).split(separator: 0x0A, omittingEmptySubsequences: false)
        while let last = lines.last, last.allSatisfy(isBlank) { lines.removeLast() }
        let body = String(decoding: Array(lines.joined(separator: [0x0A])), as: UTF8.self)
        return "\(body)\(start(in: lines) == nil ? "\n\n" : "\n")\(key): \(value)\n"
    }

    /// The message's lines without what ends it: blank lines and, in a tag, the signature.
    private static func lines(of message: String) -> [ArraySlice<UInt8>] {
        var lines = Array(message.utf8).split(separator: 0x0A, omittingEmptySubsequences: false)
        if let signature = lines.lastIndex(where: { line in signatures.contains { line.starts(with: $0.utf8) } }) {
            lines.removeSubrange(signature...)
        }
        while let last = lines.last, last.allSatisfy(isBlank) { lines.removeLast() }
        return lines
    }

    private static let signatures = [
        "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----", "-----BEGIN SIGNED MESSAGE-----",
        "-----BEGIN SSH SIGNATURE-----",
    ]

    /// The first line of the trailers; nil when the last paragraph is something else.
    private static func start(in lines: [ArraySlice<UInt8>]) -> Int? {
        guard let blank = lines.lastIndex(where: { $0.allSatisfy(isBlank) }), blank + 1 < lines.count else {
            return nil
        }
        var (trailers, others, continuations) = (0, 0, 0)
        var hasGits = false
        for line in lines[(blank + 1)...].reversed() {
            if ["Signed-off-by: ", "(cherry picked from commit "].contains(where: { line.starts(with: $0.utf8) }) {
                hasGits = true
                trailers += 1
                continuations = 0
            } else if isBlank(line.first) {
                continuations += 1
            } else if let separator = separator(in: line), separator > line.startIndex {
                trailers += 1
                continuations = 0
            } else {
                others += 1 + continuations
                continuations = 0
            }
        }
        others += continuations
        return trailers > 0 && (others == 0 || hasGits && trailers * 3 >= others) ? blank + 1 : nil
    }

    /// The colon after a key of letters, digits and hyphens, which blanks may follow.
    private static func separator(in line: ArraySlice<UInt8>) -> Int? {
        let key = line.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        let end = line[key.endIndex...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? line.endIndex
        guard end < line.endIndex, line[end] == UInt8(ascii: ":"), !key.isEmpty || end == line.startIndex else {
            return nil
        }
        return end
    }

    private static func isBlank(_ byte: UInt8?) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop(while: isBlank)
        while isBlank(bytes.last) { bytes.removeLast() }
        return bytes
    }
}
