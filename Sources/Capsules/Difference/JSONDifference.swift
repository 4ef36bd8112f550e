/// Where two JSON values differ, apart from layout and the order of members.
///
/// Elements of arrays of objects are the same when their `id` is, or `name`, `path` or `resource`, provided that every object has one
/// and none twice; other elements are aligned by the longest common series. The paths of what was deleted are those before, all
/// others those afterwards.
package struct JSONDifference: Sendable, Hashable {
    /// More changes than these are only counted.
    package static let maximumChanges = 10_000
    /// Arrays whose changed stretches have more pairs of elements than these are compared by position.
    private static let maximumCells = 1 << 18
    /// The members that tell objects in an array apart.
    private static let keys = ["id", "name", "path", "resource"]

    /// The changes, in the order of the document.
    package private(set) var changes: [ValueChange] = []
    /// How many there are.
    package private(set) var count = 0

    /// Compares two values.
    package init(_ old: JSONValue, _ new: JSONValue) {
        compare(old, .root, new, .root)
    }

    private mutating func add(_ path: JSONPath, old: JSONValue?, new: JSONValue?, movedFrom: JSONPath? = nil) {
        count += 1
        guard changes.count < Self.maximumChanges else { return }
        changes.append(ValueChange(path: path, movedFrom: movedFrom, old: old, new: new))
    }

    private mutating func compare(_ old: JSONValue, _ oldPath: JSONPath, _ new: JSONValue, _ newPath: JSONPath) {
        switch (old, new) {
        case (.object(let left), .object(let right)): compare(left, oldPath, right, newPath)
        case (.array(let left), .array(let right)): compare(left, oldPath, right, newPath)
        default: if old != new { add(newPath, old: old, new: new) }
        }
    }

    private mutating func compare(_ old: JSONObject, _ oldPath: JSONPath, _ new: JSONObject, _ newPath: JSONPath) {
        let (before, after) = (Self.places(old), Self.places(new))
        for member in old.members where after[Array(member.key.utf8)] == nil {
            add(oldPath.key(member.key), old: member.value, new: nil)
        }
        for member in new.members {
            let path = newPath.key(member.key)
            if let place = before[Array(member.key.utf8)] {
                compare(old.members[place].value, oldPath.key(member.key), member.value, path)
            } else {
                add(path, old: nil, new: member.value)
            }
        }
    }

    private static func places(_ object: JSONObject) -> [[UInt8]: Int] {
        Dictionary(object.members.enumerated().map { (Array($1.key.utf8), $0) }) { first, _ in first }
    }

    // MARK: Arrays

    private mutating func compare(_ old: [JSONValue], _ oldPath: JSONPath, _ new: [JSONValue], _ newPath: JSONPath) {
        if let (before, after) = Self.identities(old, new) {
            let places = Dictionary(before.enumerated().map { ($1, $0) }) { first, _ in first }
            let partners = after.map { places[$0] }
            let common = partners.indices.filter { partners[$0] != nil }
            let staying = Set(LongestRise.positions(in: common.compactMap { partners[$0] }).map { common[$0] })
            compare(old, oldPath, new, newPath, partners: partners, staying: staying)
        } else {
            let partners = Self.align(old, new)
            compare(old, oldPath, new, newPath, partners: partners, staying: Set(partners.indices))
        }
    }

    /// Reports an array whose new elements have these old ones as partners.
    private mutating func compare(
        _ old: [JSONValue], _ oldPath: JSONPath, _ new: [JSONValue], _ newPath: JSONPath, partners: [Int?],
        staying: Set<Int>
    ) {
        let kept = Set(partners.compactMap(\.self))
        for (index, element) in old.enumerated() where !kept.contains(index) {
            add(oldPath.index(index), old: element, new: nil)
        }
        for (index, element) in new.enumerated() {
            let path = newPath.index(index)
            guard let partner = partners[index] else {
                add(path, old: nil, new: element)
                continue
            }
            let before = oldPath.index(partner)
            if !staying.contains(index) { add(path, old: old[partner], new: element, movedFrom: before) }
            compare(old[partner], before, element, path)
        }
    }

    /// What tells the elements of two arrays of objects apart; nil where nothing does.
    private static func identities(_ old: [JSONValue], _ new: [JSONValue]) -> (old: [JSONValue], new: [JSONValue])? {
        guard !old.isEmpty, !new.isEmpty else { return nil }
        for key in keys {
            if let before = identities(old, by: key), let after = identities(new, by: key) { return (before, after) }
        }
        return nil
    }

    private static func identities(_ elements: [JSONValue], by key: String) -> [JSONValue]? {
        var seen: Set<JSONValue> = []
        var result: [JSONValue] = []
        for element in elements {
            guard let value = element[key] else { return nil }
            switch value {
            case .string, .integer: break
            default: return nil
            }
            guard seen.insert(value).inserted else { return nil }
            result.append(value)
        }
        return result
    }

    /// The old partner of each new element: along the longest common series, and between its elements in order.
    private static func align(_ old: [JSONValue], _ new: [JSONValue]) -> [Int?] {
        var tokens: [[UInt8]: Int] = [:]
        func token(_ value: JSONValue) -> Int {
            let bytes = JSONWriter.bytes(value, .canonical)
            if let token = tokens[bytes] { return token }
            tokens[bytes] = tokens.count
            return tokens.count - 1
        }
        let (left, right) = (old.map(token), new.map(token))
        let shorter = min(left.count, right.count)
        var start = 0
        while start < shorter, left[start] == right[start] { start += 1 }
        var tail = 0
        while tail < shorter - start, left[left.count - 1 - tail] == right[right.count - 1 - tail] { tail += 1 }
        var partners = [Int?](repeating: nil, count: new.count)
        for index in 0..<start { partners[index] = index }
        for index in 0..<tail { partners[new.count - 1 - index] = old.count - 1 - index }
        let series = commonSeries(left[start..<left.count - tail], right[start..<right.count - tail])
        var (oldStart, newStart) = (start, start)
        for (before, after) in series + [(left.count - tail, right.count - tail)] {
            for (before, after) in zip(oldStart..<before, newStart..<after) { partners[after] = before }
            if after < right.count - tail { partners[after] = before }
            (oldStart, newStart) = (before + 1, after + 1)
        }
        return partners
    }

    /// A longest common subsequence, as pairs of indices; none where finding it would cost too much.
    private static func commonSeries(_ left: ArraySlice<Int>, _ right: ArraySlice<Int>) -> [(Int, Int)] {
        let cells = left.count.multipliedReportingOverflow(by: right.count)
        guard !left.isEmpty, !right.isEmpty, !cells.overflow, cells.partialValue <= maximumCells else { return [] }
        let (a, b) = (Array(left), Array(right))
        let columns = b.count + 1
        var lengths = [Int32](repeating: 0, count: (a.count + 1) * columns)
        for i in a.indices.reversed() {
            for j in b.indices.reversed() {
                lengths[i * columns + j] =
                    a[i] == b[j]
                    ? lengths[(i + 1) * columns + j + 1] + 1
                    : max(lengths[(i + 1) * columns + j], lengths[i * columns + j + 1])
            }
        }
        var series: [(Int, Int)] = []
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if a[i] == b[j] {
                series.append((i + left.startIndex, j + right.startIndex))
                (i, j) = (i + 1, j + 1)
            } else if lengths[(i + 1) * columns + j] >= lengths[i * columns + j + 1] {
                i += 1
            } else {
                j += 1
            }
        }
        return series
    }
}
