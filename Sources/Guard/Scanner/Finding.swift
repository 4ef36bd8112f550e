package import Objects

/// One thing that a rule found in one place.
package struct Finding: Hashable, Sendable {
    /// The file.
    package let path: TreePath
    /// The line of the first match, from 1.
    package let line: Int
    /// Its column in characters (Unicode scalars), from 1.
    package let column: Int
    /// The rule's id, unique among all packs; an advisory's id for a dependency.
    package let rule: String
    /// The pack that the rule is of, as `name@version`.
    package let pack: String
    package let severity: Severity
    /// What it is, in a few words.
    package let message: String
    /// What to do about it.
    package let advice: String
    /// What was found, cut, with control and invisible characters escaped; a secret's beginning only.
    package let excerpt: String
    /// How often it was found: on this line, or in the file by a rule that reports once a file.
    package let matches: Int
    /// The pattern as it is published, where the rule has one.
    package let pattern: String?

    package init(
        path: TreePath, line: Int, column: Int, rule: String, pack: String, severity: Severity, message: String,
        advice: String, excerpt: String, matches: Int = 1, pattern: String? = nil
    ) {
        self.path = path
        self.line = line
        self.column = column
        self.rule = rule
        self.pack = pack
        self.severity = severity
        self.message = message
        self.advice = advice
        self.excerpt = excerpt
        self.matches = matches
        self.pattern = pattern
    }
}
