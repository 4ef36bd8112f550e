import Capsules

/// A capsule's words among Amx's own: each line behind a mark, so that none of them can be taken for one of these.
///
/// Lines are those that a terminal gets: whatever else could end one is shown escaped.
enum StrangerText {
    /// The most bytes of a log that are shown.
    private static let logBytes = 1 << 20

    /// The last lines of a log, each behind the capsule's id.
    static func marked(_ log: [UInt8], of capsule: CapsuleID) -> String {
        var shown = log.suffix(logBytes)
        var lines: [String] = []
        if shown.count < log.count {
            // From the beginning of a line, where there is one.
            if let end = shown.firstIndex(of: UInt8(ascii: "\n")) { shown = shown[(end + 1)...] }
            lines.append("\(log.count - shown.count) bytes before this are not shown")
        }
        if shown.last == UInt8(ascii: "\n") { shown.removeLast() }
        lines += shown.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        return lines.map { "\(capsule) | \($0)" }.joined(separator: "\n")
    }

    /// What stands behind words of Amx: the first line as it is, the others behind a mark.
    static func continued(_ text: String) -> String {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n  | ")
    }
}
