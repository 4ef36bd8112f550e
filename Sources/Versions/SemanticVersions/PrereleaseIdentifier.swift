/// One dot-separated part of a version's pre-release, ordered as SemVer 2.0.0 section 11.4 says.
package enum PrereleaseIdentifier: Hashable, Sendable {
    /// Digits only: compared as a number, and lower than any text.
    case number(DecimalNumber)
    /// Letters, digits and hyphens: compared in ASCII order.
    case text(String)
}

extension PrereleaseIdentifier: Comparable {
    package static func < (left: PrereleaseIdentifier, right: PrereleaseIdentifier) -> Bool {
        switch (left, right) {
        case (.number(let first), .number(let second)): first < second
        case (.text(let first), .text(let second)): first.utf8.lexicographicallyPrecedes(second.utf8)
        case (.number, .text): true
        case (.text, .number): false
        }
    }
}

extension PrereleaseIdentifier: CustomStringConvertible {
    package var description: String {
        switch self {
        case .number(let number): number.digits
        case .text(let text): text
        }
    }
}
