import TestSupport

/// Random trees of small texts, none of which is another's, so that nothing looks like a move.
struct RandomTrees {
    private var random: SeededGenerator
    private var serial = 0
    private static let paths = ["a", "b", "c/d", "c/e", "f/g/h", "x.txt", "y"]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func text() -> String {
        serial += 1
        return "text \(serial)\n" + (0..<number(3...12)).map { "line \($0) \(serial)\n" }.joined()
    }

    mutating func tree() -> [String: String] {
        var tree: [String: String] = [:]
        for path in Self.paths where number(0...3) > 0 { tree[path] = text() }
        return tree
    }

    /// The same tree with a few files added, removed and changed.
    mutating func changed(_ tree: [String: String]) -> [String: String] {
        var tree = tree
        for _ in 0..<number(1...5) {
            let path = Self.paths[number(0...(Self.paths.count - 1))]
            switch (number(0...5), tree[path]) {
            case (0, _?): tree[path] = nil
            case (_, let old?): tree[path] = edited(old)
            case (_, nil): tree[path] = text()
            }
        }
        return tree
    }

    private mutating func edited(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        serial += 1
        let place = number(0...(lines.count - 1))
        switch number(0...2) {
        case 0: lines.insert("new \(serial)", at: place)
        case 1 where lines.count > 2: lines.remove(at: place)
        default: lines[place] = "changed \(serial)"
        }
        return lines.joined(separator: "\n")
    }
}
