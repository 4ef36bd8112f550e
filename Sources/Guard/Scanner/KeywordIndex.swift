/// Finds which of many short texts occur in a long one, in one pass, the case of ASCII letters passed over.
///
/// Aho and Corasick's automaton ("Efficient string matching", 1975) as one table: a byte costs one look-up, whatever the keywords.
struct KeywordIndex: Sendable {
    /// The column of each byte; bytes of no keyword share column 0.
    private var columns = [UInt16](repeating: 0, count: 256)
    private var width = 1
    /// The state after each state and column.
    private var next: [Int32] = []
    /// The keywords that end in a state; only of few states.
    private var ending: [[Int]] = []

    /// Prepares keywords; each is found by its place in the list.
    init(_ keywords: [[UInt8]]) {
        let lowered = keywords.map { $0.map(Self.lowercase) }
        for byte in lowered.joined() where columns[Int(byte)] == 0 {
            columns[Int(byte)] = UInt16(width)
            width += 1
        }
        for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { columns[Int(byte)] = columns[Int(Self.lowercase(byte))] }
        addState()
        for (index, keyword) in lowered.enumerated() where !keyword.isEmpty { insert(keyword, index) }
        link()
    }

    /// Which keywords occur.
    func occurring(in text: [UInt8], count: Int) -> [Bool] {
        var found = [Bool](repeating: false, count: count)
        next.withUnsafeBufferPointer { next in
            columns.withUnsafeBufferPointer { columns in
                var state = 0
                for byte in text {
                    state = Int(next[state * width + Int(columns[Int(byte)])])
                    guard !ending[state].isEmpty else { continue }
                    for keyword in ending[state] where keyword < count { found[keyword] = true }
                }
            }
        }
        return found
    }

    private mutating func addState() {
        next.append(contentsOf: repeatElement(-1, count: width))
        ending.append([])
    }

    private mutating func insert(_ keyword: [UInt8], _ index: Int) {
        var state = 0
        for byte in keyword {
            let place = state * width + Int(columns[Int(byte)])
            if next[place] < 0 {
                next[place] = Int32(ending.count)
                addState()
            }
            state = Int(next[place])
        }
        ending[state].append(index)
    }

    /// Fills the table breadth first: where a state has no way on, the way of its longest proper suffix is taken.
    private mutating func link() {
        var suffix = [Int](repeating: 0, count: ending.count)
        var queue: [Int] = []
        for column in 0..<width {
            if next[column] <= 0 { next[column] = 0 } else { queue.append(Int(next[column])) }
        }
        var head = 0
        while head < queue.count {
            let state = queue[head]
            head += 1
            ending[state] += ending[suffix[state]]
            for column in 0..<width {
                let place = state * width + column
                let other = next[suffix[state] * width + column]
                if next[place] < 0 {
                    next[place] = other
                } else {
                    suffix[Int(next[place])] = Int(other)
                    queue.append(Int(next[place]))
                }
            }
        }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
