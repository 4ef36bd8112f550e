/// Says why a text is not a version or not a constraint.
package struct VersionSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was given, cut to 80 characters.
    package let text: String
    /// Why it is refused, in words that follow a colon.
    package let reason: String

    init(_ text: String, _ reason: String) {
        self.text = text.unicodeScalars.count > 80 ? String(text.unicodeScalars.prefix(80)) + "…" : text
        self.reason = reason
    }

    package var description: String { "'\(text)': \(reason)" }
}
