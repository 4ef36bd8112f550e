import CUtf8proc
import Glibc

extension TreeRules {
    /// The key under which a case-insensitive, normalising file system finds a name: NFC, full case folding, NFC.
    ///
    /// Two names with equal keys cannot stand side by side. Slashes stay as they are, so the key of a path is the keys of its
    /// components joined. Bytes that are not UTF-8 are their own key.
    package static func foldedKey(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var key = Array(bytes)
        var isASCII = true
        key.withUnsafeMutableBufferPointer { buffer in
            var seen: UInt8 = 0
            for byte in buffer { seen |= byte }
            isASCII = seen < 0x80
            guard isASCII else { return }
            for index in buffer.indices { buffer[index] = lowercase(buffer[index]) }
        }
        return isASCII ? key : unicodeKey(key)
    }

    private static func unicodeKey(_ bytes: [UInt8]) -> [UInt8] {
        let compose = UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue
        guard let composed = mapped(bytes, compose), let folded = mapped(composed, UTF8PROC_CASEFOLD.rawValue),
            let key = mapped(folded, compose)
        else { return bytes }
        return key
    }

    /// Runs utf8proc's mapping, or gives nil where it fails (invalid UTF-8, no memory).
    private static func mapped(_ bytes: [UInt8], _ options: UInt32) -> [UInt8]? {
        var result: UnsafeMutablePointer<UInt8>?
        let count = bytes.withUnsafeBufferPointer { buffer in
            utf8proc_map(buffer.baseAddress, buffer.count, &result, utf8proc_option_t(rawValue: options))
        }
        guard count >= 0, let result else { return nil }
        defer { free(result) }
        return Array(UnsafeBufferPointer(start: result, count: count))
    }

    /// A path for an error message: at most 240 bytes, with control and format characters and invalid bytes escaped.
    package static func printable(_ bytes: some Sequence<UInt8>) -> String {
        let all = Array(bytes)
        let shown = all.prefix(240)
        var text = ""
        var offset = shown.startIndex
        shown.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            while offset < buffer.count {
                var character: utf8proc_int32_t = -1
                let length = utf8proc_iterate(base + offset, buffer.count - offset, &character)
                guard length > 0, let scalar = UInt32(exactly: character).flatMap(Unicode.Scalar.init) else {
                    text += "\\x" + hexadecimal(UInt32(buffer[offset]), digits: 2)
                    offset += 1
                    continue
                }
                switch utf8proc_category(character) {
                case UTF8PROC_CATEGORY_CC, UTF8PROC_CATEGORY_CF, UTF8PROC_CATEGORY_ZL, UTF8PROC_CATEGORY_ZP:
                    text += "\\u{" + hexadecimal(scalar.value, digits: 2) + "}"
                default: text.unicodeScalars.append(scalar)
                }
                offset += length
            }
        }
        return all.count > shown.count ? text + "…" : text
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
