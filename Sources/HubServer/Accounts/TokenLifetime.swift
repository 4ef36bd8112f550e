package import Foundation
package import Objects

/// How long a new token works, as `--expires` takes it: a number and one of m, h, d, w, y (minutes to years of 365 days).
package struct TokenLifetime: Sendable {
    /// The duration in seconds, at least 60.
    package let seconds: Int64

    private static let units: [Character: Int64] = [
        "m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400,
    ]
    private static let longest: Int64 = 100 * 365 * 86_400

    /// Parses such a text.
    package init(parsing text: String) throws(AmxError) {
        guard
            let last = text.last, let unit = Self.units[last], text.first != "+",
            let count = Int64(text.dropLast()), count > 0, count <= Self.longest / unit
        else {
            throw AmxError(
                .usage, "cannot read the lifetime \"\(text)\"",
                hint: "give a number and a unit, such as 12h, 90d or 1y, at most 100y")
        }
        seconds = count * unit
    }

    /// The end of a lifetime that begins at a moment.
    package func end(from start: Date) -> Date { start.addingTimeInterval(TimeInterval(seconds)) }
}
