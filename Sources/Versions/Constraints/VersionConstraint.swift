/// Which versions a dependency accepts: alternatives, each a list of comparators that must all hold.
///
/// Two spellings give the same value: the text `"^1.2.0 <1.9.0 || 2.0.0"`, and the parts of seed 000's object
/// `{"operator": "^", "version": "1.2.0", "prerelease": true}`. Versions are full: `1.2` and `1.x` are refused with the reason.
package struct VersionConstraint: Hashable, Sendable {
    /// The longest text that is read as a constraint, in bytes.
    package static let textBytes = 1024

    /// What a constraint says, shared by its copies: a solve copies and compares constraints all the time.
    private final class Content: Sendable {
        let alternatives: [[VersionComparator]]
        let prerelease: Bool
        /// Equal constraints have the same, and others rarely do.
        let fingerprint: UInt64
        /// The printed form, where it is what was read.
        let text: String?

        init(_ alternatives: [[VersionComparator]], _ prerelease: Bool, _ text: String?) {
            (self.alternatives, self.prerelease, self.text) = (alternatives, prerelease, text)
            var fingerprint: UInt64 = prerelease ? 1 : 0
            for comparators in alternatives {
                fingerprint = fingerprint &* 31 &+ UInt64(comparators.count)
                for comparator in comparators { fingerprint = fingerprint &* 31 &+ comparator.fingerprint }
            }
            self.fingerprint = fingerprint
        }
    }

    private let content: Content

    /// At least one alternative, each with at least one comparator.
    package var alternatives: [[VersionComparator]] { content.alternatives }
    /// Whether pre-releases are candidates although no comparator names one.
    package var prerelease: Bool { content.prerelease }
    /// A number that equal constraints have in common, and others rarely have.
    var fingerprint: UInt64 { content.fingerprint }

    init(alternatives: [[VersionComparator]], prerelease: Bool) {
        self.init(Content(alternatives, prerelease, nil))
    }

    private init(_ content: Content) { self.content = content }

    /// Takes the parts of seed 000's object; with `latest` the version counts for nothing, and may be empty or `*`.
    package init(
        operator: VersionComparator.Operator, version: String, prerelease: Bool = false
    ) throws(VersionSyntaxError) {
        let compared = `operator` == .latest ? nil : try SemanticVersion(parsing: version)
        self.init(alternatives: [[VersionComparator(`operator`, compared)]], prerelease: prerelease)
    }

    /// Reads the text form: comparators separated by blanks, alternatives by `||`; a version alone means `=`.
    package init(parsing text: String, prerelease: Bool = false) throws(VersionSyntaxError) {
        guard text.utf8.count <= Self.textBytes else {
            throw VersionSyntaxError(text, "a constraint has at most \(Self.textBytes) bytes")
        }
        if let comparator = Self.plainComparator(text) {
            // A version has one spelling, but an operator may have been left out.
            let hasOperator = text.utf8.first.map { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
            self.init(Content([[comparator]], prerelease, hasOperator ? text : nil))
            return
        }
        var alternatives: [[VersionComparator]] = []
        for part in Self.alternatives(of: text) {
            let comparators = try Self.comparators(in: part, of: text)
            guard !comparators.isEmpty else {
                throw VersionSyntaxError(
                    text,
                    part.utf8.count == text.utf8.count ? "a constraint must not be empty" : "a side of '||' is empty")
            }
            guard comparators.count == 1 || !comparators.contains(.latest) else {
                throw VersionSyntaxError(text, "'latest' stands alone")
            }
            alternatives.append(comparators)
        }
        self.init(alternatives: alternatives, prerelease: prerelease)
    }

    /// What a text says that is `^`, `~` or `=` and a version, or a version alone, without a blank, as most constraints are.
    private static func plainComparator(_ text: String) -> VersionComparator? {
        let bytes = text.utf8
        let found: VersionComparator.Operator
        switch bytes.first {
        case UInt8(ascii: "^"): found = .caret
        case UInt8(ascii: "~"): found = .tilde
        case UInt8(ascii: "="): found = .equal
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            return SemanticVersion(text).map { VersionComparator(.equal, $0) }
        default: return nil
        }
        return SemanticVersion(String(text[bytes.index(after: bytes.startIndex)...])).map {
            VersionComparator(found, $0)
        }
    }

    /// Splits at every `||`.
    private static func alternatives(of text: String) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var index = text.startIndex
        let bytes = text.utf8
        while index < bytes.endIndex {
            let next = bytes.index(after: index)
            if bytes[index] == UInt8(ascii: "|"), next < bytes.endIndex, bytes[next] == UInt8(ascii: "|") {
                parts.append(text[start..<index])
                start = bytes.index(after: next)
                index = start
            } else {
                index = next
            }
        }
        return parts + [text[start...]]
    }

    private static func comparators(
        in part: Substring, of text: String
    ) throws(VersionSyntaxError) -> [VersionComparator] {
        var comparators: [VersionComparator] = []
        // An operator may be parted from its version by blanks.
        var pending: VersionComparator.Operator?
        for word in part.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
            .map(Substring.init)
        {
            if word == "latest", pending == nil {
                comparators.append(.latest)
                continue
            }
            let symbols = word.prefix { "=<>~^!*".contains($0) }
            let rest = word[symbols.endIndex...]
            if !symbols.isEmpty {
                guard pending == nil, let found = VersionComparator.Operator(rawValue: String(symbols)) else {
                    throw VersionSyntaxError(text, Self.reason(forOperator: (pending?.rawValue ?? "") + symbols))
                }
                pending = found
            }
            guard !rest.isEmpty else { continue }
            let version: SemanticVersion
            do {
                version = try SemanticVersion(parsing: String(rest))
            } catch {
                throw VersionSyntaxError(text, "'\(error.text)' is not a full version: \(error.reason)")
            }
            comparators.append(VersionComparator(pending ?? .equal, version))
            pending = nil
        }
        if let pending { throw VersionSyntaxError(text, "no version after '\(pending.rawValue)'") }
        return comparators
    }

    private static func reason(forOperator symbols: String) -> String {
        symbols == "*"
            ? "'*' is not an operator: write 'latest', or '>=0.0.0' for any release"
            : "'\(symbols)' is not an operator: use one of = > >= < <= ~ ^ latest"
    }
}

extension VersionConstraint {
    package static func == (left: VersionConstraint, right: VersionConstraint) -> Bool {
        left.content === right.content
            || left.content.fingerprint == right.content.fingerprint && left.prerelease == right.prerelease
                && left.alternatives == right.alternatives
    }

    /// By all comparators, since a manifest may have any number of constraints that differ in one of them; mostly there is only one.
    package func hash(into hasher: inout Hasher) {
        for alternative in alternatives {
            hasher.combine(alternative.count)
            for comparator in alternative { hasher.combine(comparator) }
        }
    }
}

extension VersionConstraint: CustomStringConvertible {
    /// The text form; the pre-release flag is not part of it.
    package var description: String {
        if let text = content.text { return text }
        if alternatives.count == 1, let only = alternatives.first, only.count == 1, let comparator = only.first {
            return comparator.description
        }
        return alternatives.map { $0.map(\.description).joined(separator: " ") }.joined(separator: " || ")
    }
}
