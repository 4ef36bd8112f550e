import CGit2

/// Three versions of a text merged by line, with what conflicts still open.
package struct TextHunks: Sendable {
    /// One stretch of the result.
    package enum Piece: Sendable, Hashable {
        /// Lines on which the sides agree, or that one of them changed.
        case merged([UInt8])
        /// Lines that both changed.
        case conflict(ours: [UInt8], theirs: [UInt8])
    }

    /// A way to settle one conflict.
    package enum Choice: Sendable, CaseIterable {
        case oursThenTheirs
        case ours
        case theirs
        case theirsThenOurs
    }

    /// The stretches in order.
    package let pieces: [Piece]
    /// How many of them conflict.
    package var conflicts: Int {
        pieces.count { piece in if case .conflict = piece { true } else { false } }
    }

    /// Merges; `isRefined` takes lines that both sides have out of what conflicts, which splits it into smaller pieces.
    package init(base: [UInt8], ours: [UInt8], theirs: [UInt8], isRefined: Bool) throws(AmxError) {
        // Markers that no line of the three texts can be, so that they are told apart from text with certainty.
        let longest = [base, ours, theirs].map(Self.longestRun).max() ?? 0
        guard let size = UInt16(exactly: max(longest + 1, 7)) else {
            throw AmxError(.failure, "cannot merge a text: it has a line of \(longest) marker characters")
        }
        let labels = MergeLabels(ours: "ours", theirs: "theirs")
        let merge = try TextMerge(
            base: base, ours: ours, theirs: theirs, labels: labels, favor: nil,
            // With the base shown, nothing is refined.
            flags: isRefined ? 0 : GIT_MERGE_FILE_STYLE_DIFF3.rawValue, markerSize: size)
        pieces = Self.pieces(of: merge.content, markerSize: Int(size))
    }

    /// The text with each conflict settled in its way; conflicts beyond the list are settled with ours.
    package func text(_ choices: [Choice]) -> [UInt8] {
        var text: [UInt8] = []
        var next = choices.makeIterator()
        for piece in pieces {
            switch piece {
            case .merged(let lines): text += lines
            case .conflict(let ours, let theirs):
                switch next.next() ?? .ours {
                case .oursThenTheirs: text += Self.joined(ours, theirs)
                case .ours: text += ours
                case .theirs: text += theirs
                case .theirsThenOurs: text += Self.joined(theirs, ours)
                }
            }
        }
        return text
    }

    /// Puts a line's end between lines of which the first lacks one.
    private static func joined(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        first.isEmpty || second.isEmpty || first.last == 0x0A ? first + second : first + [0x0A] + second
    }

    private static func pieces(of content: [UInt8], markerSize: Int) -> [Piece] {
        enum Part { case merged, ours, base, theirs }
        var pieces: [Piece] = []
        var part = Part.merged
        var (merged, ours, theirs): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
        var start = 0
        while start < content.count {
            let end = content[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? content.count
            let line = content[start..<end]
            start = end
            switch marker(line, markerSize) {
            case UInt8(ascii: "<"):
                if !merged.isEmpty { pieces.append(.merged(merged)) }
                (merged, part) = ([], .ours)
            case UInt8(ascii: "|"): part = .base
            case UInt8(ascii: "="): part = .theirs
            case UInt8(ascii: ">"):
                pieces.append(.conflict(ours: ours, theirs: theirs))
                (ours, theirs, part) = ([], [], .merged)
            default:
                switch part {
                case .merged: merged += line
                case .ours: ours += line
                case .base: break
                case .theirs: theirs += line
                }
            }
        }
        if !merged.isEmpty { pieces.append(.merged(merged)) }
        return pieces
    }

    /// The character that a line repeats at its start as often as a marker does.
    private static func marker(_ line: ArraySlice<UInt8>, _ size: Int) -> UInt8? {
        guard let first = line.first, isMarker(first), line.prefix(while: { $0 == first }).count >= size
        else {
            return nil
        }
        return first
    }

    private static func longestRun(_ text: [UInt8]) -> Int {
        text.split(separator: 0x0A).reduce(0) { longest, line in
            guard let first = line.first, isMarker(first) else { return longest }
            return max(longest, line.prefix { $0 == first }.count)
        }
    }

    private static func isMarker(_ byte: UInt8) -> Bool {
        "<|=>".utf8.contains(byte)
    }
}
