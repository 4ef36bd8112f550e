/// What the two sides of a merge are called where a text conflicts.
package struct MergeLabels: Sendable, Hashable {
    /// Behind `<<<<<<<`.
    package let ours: String
    /// Behind `>>>>>>>`.
    package let theirs: String

    /// Names the sides; line breaks in a name become blanks.
    package init(ours: String, theirs: String) {
        (self.ours, self.theirs) = (Self.line(ours), Self.line(theirs))
    }

    private static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }

    /// The line that starts a conflict, without its end.
    package var start: String { "<<<<<<< \(ours)" }
    /// The line that ends a conflict, without its end.
    package var end: String { ">>>>>>> \(theirs)" }

    /// Whether a text still has a line that only a merge with these labels writes.
    package func mark(_ text: [UInt8]) -> Bool {
        let (start, end) = (Array(start.utf8), Array(end.utf8))
        return text.split(separator: 0x0A).contains { line in
            let line = line.last == 0x0D ? line.dropLast() : line
            return line.elementsEqual(start) || line.elementsEqual(end)
        }
    }

    /// Whether a text has a line that begins or ends a conflict of any merge, whatever its sides are called.
    package static func mayMark(_ text: [UInt8]) -> Bool {
        text.split(separator: 0x0A).contains { line in
            ["<<<<<<<", ">>>>>>>"].contains { mark in
                line.starts(with: mark.utf8)
                    && line.dropFirst(mark.utf8.count).first.map { $0 == 0x20 || $0 == 0x0D } ?? true
            }
        }
    }
}
