package import Objects

/// Why a pattern cannot be compiled.
package struct RegularExpressionFault: Error, Hashable, Sendable {
    /// What is wrong.
    package enum Reason: Hashable, Sendable {
        /// RE2 does not read it; its own words, with the part that they are about.
        case syntax(String)
        /// It has more bytes than it may have.
        case tooLong(limit: Int)
        /// Its program takes more memory than it may.
        case tooLarge(limit: Int)
        /// The system has no more memory.
        case noMemory
    }

    /// The pattern as it was given.
    package let pattern: String
    package let reason: Reason

    /// What is wrong, in words.
    package var description: String {
        switch reason {
        case .syntax(let text): text
        case .tooLong(let limit):
            "it has \(pattern.utf8.count) bytes: the limit 'patternBytes' is \(limit)"
        case .tooLarge(let limit):
            "its program is too large: the limit 'memory' is \(limit) bytes"
        case .noMemory: "there is no memory left"
        }
    }

    /// What to do about it.
    package var hint: String {
        switch reason {
        case .syntax: "RE2 reads Perl's syntax without back references and look-around; see docs/scanning.md"
        case .tooLong, .tooLarge: "split the pattern, or repeat less"
        case .noMemory: "close other programs"
        }
    }

    /// The error of the place that holds the pattern.
    package func error(in place: String) -> AmxError {
        AmxError(
            .failure, "cannot use the pattern \(Excerpt.of(pattern)) of \(place): \(description)", hint: hint,
            cause: self)
    }
}

extension RegularExpressionFault: CustomStringConvertible {}
