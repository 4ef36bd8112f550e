/// The principals of an allowed signer: patterns with `*` and `?`, separated by commas; `!` before one excludes.
///
/// Source: PATTERNS in ssh_config(5). A name matches when a pattern does and no excluding one does.
struct SignerPattern: Hashable, Sendable {
    /// The text, as the file has it.
    let text: String
    private let included: [[UInt8]]
    private let excluded: [[UInt8]]

    /// Reads a list; nil when it has an empty pattern or none that includes.
    init?(_ text: String) {
        self.text = text
        var (included, excluded): ([[UInt8]], [[UInt8]]) = ([], [])
        for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            if part.first == UInt8(ascii: "!") {
                guard part.count > 1 else { return nil }
                excluded.append(Array(part.dropFirst()))
            } else {
                guard !part.isEmpty else { return nil }
                included.append(Array(part))
            }
        }
        guard !included.isEmpty else { return nil }
        self.included = included
        self.excluded = excluded
    }

    /// Whether a name is meant.
    func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        return included.contains { Self.matches(name, $0) } && !excluded.contains { Self.matches(name, $0) }
    }

    /// Whether one pattern fits the whole of a name, in time of their product.
    static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        var (position, place) = (0, 0)
        var star: (place: Int, position: Int)?
        while position < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == name[position] {
                place += 1
                position += 1
            } else if let last = star {
                star = (last.place, last.position + 1)
                (place, position) = (last.place + 1, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
