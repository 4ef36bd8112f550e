import CRE2
package import Objects

/// A pattern of RE2, whose matching takes time proportional to the text whatever the pattern, within bounds.
///
/// There are no back references and no look-around. Texts and patterns are UTF-8; bytes of a text that are not are matched by nothing.
/// Safe to share between threads.
package final class RegularExpression: Sendable {
    /// What a pattern may cost.
    package struct Bounds: Hashable, Sendable {
        /// The longest pattern, in bytes.
        package var patternBytes: Int
        /// What the program, and what matching keeps, may take, in bytes.
        package var memory: Int
        /// The largest product of the program's instructions and a text's bytes.
        package var work: Int

        package init(patternBytes: Int, memory: Int, work: Int) {
            self.patternBytes = patternBytes
            self.memory = memory
            self.work = work
        }

        /// For patterns that come from capsules: 1 KiB, 8 MiB, 16 million.
        package static let untrusted = Bounds(patternBytes: 1024, memory: 8 << 20, work: 16_000_000)
        /// For the rules of scanner packs, which somebody chose: 8 KiB, 2 MiB, and as much work as the text asks for.
        package static let rules = Bounds(patternBytes: 8192, memory: 2 << 20, work: .max)
    }

    /// The pattern as it was given.
    package let pattern: String
    /// The instructions of its program.
    package let programSize: Int
    /// How many groups it captures.
    package let groupCount: Int

    private let bounds: Bounds
    // `nonisolated(unsafe)`: the pointer is set once, in `init`, and freed in `deinit`, when no thread has a reference any more. Between
    // the two it only goes to functions that take it as const: RE2 documents its matching as safe to call from several threads at
    // once, with locks of its own around its caches.
    private nonisolated(unsafe) let handle: OpaquePointer

    /// Compiles a pattern.
    package init(
        _ pattern: String, ignoresCase: Bool = false, bounds: Bounds = .untrusted
    ) throws(RegularExpressionFault) {
        var pattern = pattern
        let count = pattern.utf8.count
        guard count <= bounds.patternBytes else {
            throw RegularExpressionFault(pattern: pattern, reason: .tooLong(limit: bounds.patternBytes))
        }
        var code: Int32 = 0
        var fault = [CChar](repeating: 0, count: 256)
        let handle = pattern.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                amx_re2_compile(
                    characters.baseAddress, characters.count, ignoresCase ? 1 : 0, Int64(clamping: bounds.memory),
                    &code,
                    &fault, fault.count)
            }
        }
        guard let handle else {
            switch Int(code) {
            case AMX_RE2_SYNTAX:
                let text = String(decoding: fault.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                throw RegularExpressionFault(pattern: pattern, reason: .syntax(text))
            case AMX_RE2_TOO_LARGE:
                throw RegularExpressionFault(pattern: pattern, reason: .tooLarge(limit: bounds.memory))
            default: throw RegularExpressionFault(pattern: pattern, reason: .noMemory)
            }
        }
        self.pattern = pattern
        self.bounds = bounds
        self.handle = handle
        programSize = Int(amx_re2_program_size(handle))
        groupCount = Int(amx_re2_groups(handle))
    }

    deinit { amx_re2_free(handle) }

    /// Whether the pattern matches somewhere in a text; `.failure` for a text that is too long for it.
    package func matches(_ text: String) throws(AmxError) -> Bool {
        try matches(Array(text.utf8))
    }

    /// Whether the pattern matches somewhere in a text; `.failure` for a text that is too long for it.
    package func matches(_ text: [UInt8]) throws(AmxError) -> Bool {
        try checkWork(text.count)
        return try text.span.withUnsafeBytes { (bytes) throws(AmxError) in
            try found(
                amx_re2_search(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, 0, 0, nil))
        }
    }

    /// The matches of the pattern in a text, from left to right, none overlapping another, at most `limit` of them.
    ///
    /// With a group, a match is where that group took part, and its range is the group's. `.failure` for a text that is too long for the pattern.
    /// Each further match starts a search of its own, so that `limit` also bounds the time.
    package func ranges(
        group: Int = 0, in text: [UInt8], limit: Int = .max
    ) throws(AmxError) -> [Range<Int>] {
        try checkWork(text.count)
        return try text.span.withUnsafeBytes { (bytes) throws(AmxError) in
            var ranges: [Range<Int>] = []
            var start = 0
            var left = limit
            var place: [Int] = [0, 0, -1, -1]
            while left > 0, start <= bytes.count,
                try found(
                    amx_re2_search(
                        handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, start,
                        Int32(clamping: group), &place))
            {
                left -= 1
                if place[2] >= 0, place[3] >= place[2] { ranges.append(place[2]..<place[3]) }
                if place[1] > place[0] {
                    start = place[1]
                } else {
                    // An empty match: the next search starts a character later.
                    start = place[1] + 1
                    while start < bytes.count, bytes[start] & 0xC0 == 0x80 { start += 1 }
                }
            }
            return ranges
        }
    }

    private func found(_ result: Int32) throws(AmxError) -> Bool {
        guard result >= 0 else {
            throw AmxError(.failure, "cannot match a pattern: there is no memory left", hint: "close other programs")
        }
        return result == 1
    }

    private func checkWork(_ count: Int) throws(AmxError) {
        let (work, overflow) = count.multipliedReportingOverflow(by: max(1, programSize))
        guard !overflow, work <= bounds.work else {
            throw AmxError(
                .failure,
                "cannot match a pattern of \(programSize) instructions against \(count) bytes: the limit 'work' "
                    + "(instructions times bytes) is \(bounds.work)",
                hint: "write a smaller pattern, without counted repetition, or match a shorter text")
        }
    }
}
