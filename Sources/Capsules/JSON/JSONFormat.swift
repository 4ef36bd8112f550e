/// How a JSON text is laid out.
package struct JSONFormat: Hashable, Sendable {
    /// Whether each member and element has its own line, indented by two spaces a level, with a final newline.
    package let pretty: Bool
    /// Whether an object's members come in the bytewise order of their keys instead of their own.
    package let sorted: Bool

    package init(pretty: Bool, sorted: Bool) {
        self.pretty = pretty
        self.sorted = sorted
    }

    /// One line without blanks.
    package static let compact = JSONFormat(pretty: false, sorted: false)
    /// For people, in the order of the value.
    package static let pretty = JSONFormat(pretty: true, sorted: false)
    /// One line without blanks, sorted: equal content gives equal bytes.
    package static let canonical = JSONFormat(pretty: false, sorted: true)
    /// Sorted as `canonical`, laid out for people: for files that are compared and committed.
    package static let canonicalPretty = JSONFormat(pretty: true, sorted: true)
}
