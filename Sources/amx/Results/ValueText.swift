import Capsules

/// Values of a capsule's documents in one line, cut so that what differs is never what is left out.
struct ValueText {
    /// Longer texts are cut.
    private static let length = 400
    /// What stays before and after a difference.
    private static let context = 40

    /// A value as compact JSON.
    func shown(_ value: JSONValue) -> String { cut(JSONWriter.text(value)) }

    /// A text, and if it is cut how much of it is not shown.
    func cut(_ text: String) -> String { Self.safe(Self.shortened(Array(text.unicodeScalars)[...])) }

    /// A value and the one in its place; of long ones, what they start and end with in common is left out.
    func shown(_ old: JSONValue, _ new: JSONValue) -> (old: String, new: String) {
        let (left, right) = (
            Array(JSONWriter.text(old).unicodeScalars), Array(JSONWriter.text(new).unicodeScalars)
        )
        guard max(left.count, right.count) > Self.length else { return (shown(old), shown(new)) }
        let shorter = min(left.count, right.count)
        var start = 0
        while start < shorter, left[start] == right[start] { start += 1 }
        var tail = 0
        while tail < shorter - start, left[left.count - 1 - tail] == right[right.count - 1 - tail] { tail += 1 }
        func text(_ scalars: [Unicode.Scalar]) -> String {
            let from = start > Self.context ? start - Self.context : 0
            let to = tail > Self.context ? scalars.count - tail + Self.context : scalars.count
            return Self.safe(
                (from > 0 ? "…" : "") + Self.shortened(scalars[from..<to]) + (to < scalars.count ? "…" : ""))
        }
        return (text(left), text(right))
    }

    private static func shortened(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars.prefix(length))
        let left = scalars.count - length
        return String(view) + (left > 0 ? "… (\(left) more characters)" : "")
    }

    /// Text from a capsule in one line, which steers nothing.
    static func safe(_ text: String) -> String {
        Style.visible(text).split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            .joined(separator: "\\n")
    }
}
