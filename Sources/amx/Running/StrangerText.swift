import Capsules

/// A capsule's words among Amx's own: each line behind a mark, so that none of them can be taken for one of these.
enum StrangerText {
    /// All lines, each behind the capsule's id.
    static func marked(_ text: String, of capsule: CapsuleID) -> String {
        lines(text).map { "\(capsule) | \($0)" }.joined(separator: "\n")
    }

    /// What stands behind words of Amx: the first line as it is, the others behind a mark.
    static func continued(_ text: String) -> String { lines(text).joined(separator: "\n  | ") }

    private static func lines(_ text: String) -> [Substring] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
