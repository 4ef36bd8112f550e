import Objects

/// A unified diff for people: coloured by line, and the words that differ between lines that took each other's place.
enum PatchText {
    /// The lines of a patch; on a terminal nothing in them can steer it, elsewhere every byte is as it was.
    static func shown(_ patch: [UInt8], _ style: Style, indent: String = "") -> [UInt8] {
        guard style.isColored || StandardStream.output.isTerminal else {
            return indent.isEmpty ? patch : indented(patch, indent)
        }
        var lines = patch.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        var result = ""
        var index = 0
        // How many pairs of words may still be compared.
        var budget = 1 << 23
        while index < lines.count {
            // Lines that went, and at once as many that came.
            let went = lines[index...].prefix { $0.first == UInt8(ascii: "-") && !$0.starts(with: "--- ".utf8) }
            let came = lines[went.endIndex...].prefix { $0.first == UInt8(ascii: "+") && !$0.starts(with: "+++ ".utf8) }
            if !went.isEmpty, went.count == came.count, style.isColored {
                let pairs = zip(went, came).map { words($0, $1, style, &budget) }
                for text in pairs.map(\.0) + pairs.map(\.1) { result += "\(indent)\(text)\n" }
                index = came.endIndex
            } else {
                result += "\(indent)\(colored(lines[index], style))\n"
                index += 1
            }
        }
        return Array(result.utf8)
    }

    private static func indented(_ patch: [UInt8], _ indent: String) -> [UInt8] {
        var result: [UInt8] = []
        var isStart = true
        for byte in patch {
            if isStart { result += indent.utf8 }
            result.append(byte)
            isStart = byte == UInt8(ascii: "\n")
        }
        return result
    }

    private static func colored(_ line: ArraySlice<UInt8>, _ style: Style) -> String {
        let text = Style.visible(String(decoding: line, as: UTF8.self))
        switch line.first {
        case UInt8(ascii: "+"): return line.starts(with: "+++ ".utf8) ? style.bold(text) : style.green(text)
        case UInt8(ascii: "-"): return line.starts(with: "--- ".utf8) ? style.bold(text) : style.red(text)
        case UInt8(ascii: "@"): return style.cyan(text)
        case UInt8(ascii: " "), UInt8(ascii: "\\"), nil: return text
        default: return style.bold(text)
        }
    }

    /// A line and the one that took its place, with the words that differ reversed.
    private static func words(
        _ old: ArraySlice<UInt8>, _ new: ArraySlice<UInt8>, _ style: Style, _ budget: inout Int
    ) -> (String, String) {
        guard budget > 0 else { return (colored(old, style), colored(new, style)) }
        let (left, right) = (pieces(old.dropFirst()), pieces(new.dropFirst()))
        budget -= min(left.count * right.count, WordAlignment.maximumCells)
        let kept = WordAlignment(left, right)
        // Lines that have little in common are read better without marks.
        guard kept.isAlike else { return (colored(old, style), colored(new, style)) }
        func text(_ pieces: [String], _ same: Set<Int>, _ mark: String, _ color: (String) -> String) -> String {
            var result = color(mark)
            for (index, piece) in pieces.enumerated() {
                let shown = Style.visible(piece)
                result += color(same.contains(index) ? shown : style.reversed(shown))
            }
            return result
        }
        return (text(left, kept.old, "-", style.red), text(right, kept.new, "+", style.green))
    }

    /// A line cut into words, blanks and single other characters.
    private static func pieces(_ line: ArraySlice<UInt8>) -> [String] {
        var result: [String] = []
        var last: Int?
        for character in String(decoding: line, as: UTF8.self) {
            let kind = character.isLetter || character.isNumber || character == "_" ? 0 : character == " " ? 1 : 2
            if kind < 2, kind == last {
                result[result.count - 1].append(character)
            } else {
                result.append(String(character))
            }
            last = kind
        }
        return result
    }
}
