package import Objects

/// Three versions of a YAML document merged by key, into a text that consists of lines of the three.
///
/// The merge by key says what the result must mean. Texts are tried until one means that: the merge by line, and then every way to
/// settle its hunks, as long as they are few. So comments and layout stay, and no YAML is ever written anew.
package struct YAMLMerge: Sendable {
    /// The text that means what the merge by key gives; nil when there is none, or it has conflicts.
    package let content: [UInt8]?
    /// What could not be decided.
    package let conflicts: [JSONConflict]

    /// How many hunks are settled in all ways: four ways each.
    private static let hunks = 4
    /// The largest text whose hunks are tried, in bytes.
    private static let size = 1 << 16

    /// Merges; nil when one of the texts is not YAML of one document without anchors.
    ///
    /// `favor` decides conflicts by the one side instead of the other.
    package init?(
        base: [UInt8]?, ours: [UInt8], theirs: [UInt8], policy: JSONMergePolicy, favor: MergeSide?
    ) throws(AmxError) {
        guard let left = Self.value(ours), let right = Self.value(theirs) else { return nil }
        var before: JSONValue?
        if let base {
            guard let value = Self.value(base) else { return nil }
            before = value
        }
        let merge = JSONMerge(
            base: before, ours: left, theirs: right, policy: policy, favor: favor ?? .ours)
        conflicts = merge.conflicts
        guard conflicts.isEmpty || favor != nil, let wanted = merge.value else {
            content = nil
            return
        }
        content = try Self.text(meaning: wanted, base: base ?? [], ours: ours, theirs: theirs)
    }

    private static func text(
        meaning wanted: JSONValue, base: [UInt8], ours: [UInt8], theirs: [UInt8]
    ) throws(AmxError) -> [UInt8]? {
        for isRefined in [false, true] {
            let hunks = try TextHunks(base: base, ours: ours, theirs: theirs, isRefined: isRefined)
            let isLarge = hunks.conflicts > Self.hunks || ours.count + theirs.count > size
            for choices in isLarge ? uniform(hunks.conflicts) : all(hunks.conflicts) {
                let text = hunks.text(choices)
                if value(text)?.matches(wanted) == true { return text }
            }
        }
        return [ours, theirs].first { value($0)?.matches(wanted) == true }
    }

    /// Every way to settle some hunks.
    private static func all(_ count: Int) -> [[TextHunks.Choice]] {
        let ways = TextHunks.Choice.allCases
        return (0..<(1 << (2 * count))).map { number in (0..<count).map { ways[number >> (2 * $0) & 3] } }
    }

    /// The ways to settle all hunks alike.
    private static func uniform(_ count: Int) -> [[TextHunks.Choice]] {
        TextHunks.Choice.allCases.map { Array(repeating: $0, count: count) }
    }

    private static func value(_ text: [UInt8]) -> JSONValue? {
        guard let text = String(validating: text, as: UTF8.self), let node = try? YAMLReader.parse(text)
        else {
            return nil
        }
        return node.json
    }
}
