/// A pattern for one path component, with gitignore's `*`, `?` and `[...]`.
///
/// Matching takes time in proportion to pattern times name, whatever the pattern.
struct SegmentPattern: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case byte(UInt8)
        case any
        case star
        case set([ClosedRange<UInt8>], negated: Bool)
    }

    private let pieces: [Piece]

    /// Compiles a component; an unterminated `[` stands for itself.
    init(_ text: ArraySlice<UInt8>) {
        var pieces: [Piece] = []
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "*"): if pieces.last != .star { pieces.append(.star) }
            case UInt8(ascii: "?"): pieces.append(.any)
            case UInt8(ascii: "\\") where index + 1 < text.endIndex:
                index += 1
                pieces.append(.byte(text[index]))
            case UInt8(ascii: "["):
                if let (set, end) = Self.set(in: text, at: index) {
                    pieces.append(set)
                    index = end
                } else {
                    pieces.append(.byte(text[index]))
                }
            default: pieces.append(.byte(text[index]))
            }
            index += 1
        }
        self.pieces = pieces
    }

    /// Whether a whole component matches. `?` and sets match one byte of ASCII or one whole character beyond it.
    func matches(_ name: ArraySlice<UInt8>) -> Bool {
        var (position, piece) = (name.startIndex, 0)
        var restart: (position: Int, piece: Int)?
        while position < name.endIndex {
            if piece < pieces.count, pieces[piece] == .star {
                restart = (position, piece + 1)
                piece += 1
                continue
            }
            if piece < pieces.count, let length = length(of: pieces[piece], in: name, at: position) {
                position += length
                piece += 1
                continue
            }
            guard let last = restart else { return false }
            restart = (last.position + 1, last.piece)
            (position, piece) = (last.position + 1, last.piece)
        }
        return pieces[piece...].allSatisfy { $0 == .star }
    }

    private func length(of piece: Piece, in name: ArraySlice<UInt8>, at position: Int) -> Int? {
        let byte = name[position]
        switch piece {
        case .byte(let wanted): return byte == wanted ? 1 : nil
        case .star: return nil
        case .any: return Self.characterLength(name, position)
        case .set(let ranges, let negated):
            let isIn = ranges.contains { $0.contains(byte) }
            guard isIn != negated else { return nil }
            return Self.characterLength(name, position)
        }
    }

    private static func characterLength(_ name: ArraySlice<UInt8>, _ position: Int) -> Int {
        var end = position + 1
        while end < name.endIndex, name[position] >= 0xC0, name[end] & 0xC0 == 0x80 { end += 1 }
        return end - position
    }

    private static func set(in text: ArraySlice<UInt8>, at open: Int) -> (Piece, end: Int)? {
        var index = open + 1
        guard index < text.endIndex else { return nil }
        let negated = text[index] == UInt8(ascii: "!") || text[index] == UInt8(ascii: "^")
        if negated { index += 1 }
        var ranges: [ClosedRange<UInt8>] = []
        let first = index
        while index < text.endIndex {
            var low = text[index]
            if low == UInt8(ascii: "]"), index > first { return (.set(ranges, negated: negated), index) }
            if low == UInt8(ascii: "\\"), index + 1 < text.endIndex {
                index += 1
                low = text[index]
            }
            if index + 2 < text.endIndex, text[index + 1] == UInt8(ascii: "-"), text[index + 2] != UInt8(ascii: "]") {
                let high = text[index + 2]
                if low <= high { ranges.append(low...high) }
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return nil
    }
}
