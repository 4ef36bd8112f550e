/// One thing to look for, as data.
///
/// `docs/scanning.md` has the form that a rule has in a pack's file, and what each part means.
package struct Rule: Hashable, Sendable {
    /// What a rule looks for.
    package enum Subject: Hashable, Sendable {
        /// A pattern of RE2 in a file's text.
        case pattern(String)
        /// The bytes that a file starts with.
        case magic([UInt8])
    }

    /// The id, unique among all packs that are used together.
    package var id: String
    package var severity: Severity
    /// What was found, in a few words.
    package var message: String
    /// What to do about it.
    package var advice: String
    package var subject: Subject
    /// The pattern's text where it is published in another spelling than RE2's.
    package var published: String?
    /// Whether the case of letters is passed over.
    package var ignoresCase = false
    /// Texts of which one must be in the file (in any case), or the pattern is not tried; none: it is always tried.
    package var keywords: [String] = []
    /// The kinds of files that are looked into; none: all.
    package var languages: Set<Language> = []
    /// A pattern that the path must match.
    package var paths: String?
    /// The group of the pattern that is the finding.
    package var group = 0
    /// The least entropy of what is found, in bits a byte.
    package var entropy = 0.0
    /// What is found is passed over where this matches it (in any case).
    package var unless: String?
    /// What is found is passed over where this matches its line (in any case).
    package var unlessLine: String?
    /// Whether what is found must not be shown.
    package var isSecret = false
    /// Whether all matches in a file make one finding; else those of one line do.
    package var isPerFile = false
    /// Whether all matches are counted; only for patterns whose matches need no look at what follows.
    package var countsAll = false

    /// Makes a rule that looks for a pattern.
    package init(
        _ id: String, _ severity: Severity, _ message: String, advice: String, _ pattern: String,
        keywords: [String] = [], in languages: Set<Language> = [], ignoresCase: Bool = false, paths: String? = nil,
        group: Int = 0, entropy: Double = 0, unless: String? = nil, unlessLine: String? = nil
    ) {
        self.id = id
        self.severity = severity
        self.message = message
        self.advice = advice
        subject = .pattern(pattern)
        self.keywords = keywords
        self.languages = languages
        self.ignoresCase = ignoresCase
        self.paths = paths
        self.group = group
        self.entropy = entropy
        self.unless = unless
        self.unlessLine = unlessLine
    }

    /// Makes a rule about the bytes that a file starts with, and its path.
    package init(
        _ id: String, _ severity: Severity, _ message: String, advice: String, magic: [UInt8], paths: String? = nil
    ) {
        self.id = id
        self.severity = severity
        self.message = message
        self.advice = advice
        subject = .magic(magic)
        self.paths = paths
    }
}
