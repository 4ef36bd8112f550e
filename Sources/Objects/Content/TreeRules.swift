import CUtf8proc

/// Decides which paths and sets of paths a capsule may have; every door into a store asks here.
///
/// All functions are pure. Paths are bytes with `/` between components, relative to the capsule's root. See
/// ``TreeRule`` for the single rules and `docs/overview.md` for their reasons.
package enum TreeRules {
    /// The longest path, in bytes.
    package static let pathBytes = 1024
    /// The longest component, in bytes.
    package static let componentBytes = 255
    /// The most components of a path.
    package static let depth = 64

    /// Checks one name of a file or folder.
    package static func checkComponent(_ bytes: some Collection<UInt8>) throws(AmxError) {
        guard let rule = violation(in: bytes, by: componentViolation) else { return }
        throw rule.error(for: bytes)
    }

    /// Checks a whole path by itself: its length, depth and every component.
    package static func checkPath(_ bytes: some Collection<UInt8>) throws(AmxError) {
        guard let rule = violation(in: bytes, by: pathViolation) else { return }
        throw rule.error(for: bytes)
    }

    private static func violation(
        in bytes: some Collection<UInt8>, by check: (UnsafeBufferPointer<UInt8>) -> TreeRule?
    ) -> TreeRule? {
        if let answer = bytes.withContiguousStorageIfAvailable(check) { return answer }
        return Array(bytes).withUnsafeBufferPointer(check)
    }

    /// The first rule that a whole path breaks, or nil.
    static func pathViolation(_ bytes: UnsafeBufferPointer<UInt8>) -> TreeRule? {
        guard !bytes.isEmpty else { return .emptyPath }
        guard bytes.count <= pathBytes else { return .pathTooLong }
        var components = 0
        var start = 0
        while start <= bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
            components += 1
            guard components <= depth else { return .tooDeep }
            if let rule = componentViolation(UnsafeBufferPointer(rebasing: bytes[start..<end])) { return rule }
            start = end + 1
        }
        return nil
    }

    /// The first rule that one component breaks, or nil.
    static func componentViolation(_ name: UnsafeBufferPointer<UInt8>) -> TreeRule? {
        guard let first = name.first, let last = name.last else { return .emptyComponent }
        guard name.count <= componentBytes else { return .componentTooLong }
        var hasTilde = false
        var isASCII = true
        for byte in name {
            guard byte < 0x80 else {
                isASCII = false
                continue
            }
            let refused = byte < 64 ? lowRefused : highRefused
            guard refused & (1 << UInt64(byte & 63)) == 0 else {
                return byte < 0x20 || byte == 0x7f ? .controlCharacter : .forbiddenCharacter(byte)
            }
            if byte == UInt8(ascii: "~") { hasTilde = true }
        }
        if !isASCII, let rule = unicodeViolation(name) { return rule }
        if first == UInt8(ascii: "."), name.allSatisfy({ $0 == UInt8(ascii: ".") }), name.count <= 2 {
            return .dotComponent
        }
        guard last != UInt8(ascii: "."), last != UInt8(ascii: " ") else { return .trailingDotOrSpace }
        if first == UInt8(ascii: ".") || hasTilde || !isASCII, let rule = reservedViolation(name) { return rule }
        return isDeviceName(name) ? .deviceName : nil
    }

    /// Bits of the bytes 0 to 63 that no name has: controls and `" * / : < > ?`.
    private static let lowRefused: UInt64 =
        0xffff_ffff | 1 << 34 | 1 << 42 | 1 << 47 | 1 << 58 | 1 << 60 | 1 << 62 | 1 << 63

    /// Bits of the bytes 64 to 127 that no name has: `\`, `|` and DEL.
    private static let highRefused: UInt64 = 1 << (92 - 64) | 1 << (124 - 64) | 1 << 63

    /// Looks at every character of a name for valid UTF-8 and the categories Cc and Cf.
    private static func unicodeViolation(_ name: UnsafeBufferPointer<UInt8>) -> TreeRule? {
        guard let base = name.baseAddress else { return nil }
        var offset = 0
        while offset < name.count {
            var character: utf8proc_int32_t = -1
            let length = utf8proc_iterate(base + offset, name.count - offset, &character)
            guard length > 0 else { return .invalidUTF8 }
            switch utf8proc_category(character) {
            case UTF8PROC_CATEGORY_CC: return .controlCharacter
            case UTF8PROC_CATEGORY_CF: return .formatCharacter
            default: offset += length
            }
        }
        return nil
    }
}
