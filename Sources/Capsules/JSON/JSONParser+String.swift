extension JSONParser {
    /// Reads a string from its opening to its closing quote.
    mutating func string(isKey: Bool) throws(Failure) -> String {
        position += 1
        let start = position
        try skipPlain()
        if bytes[position] == UInt8(ascii: "\"") {
            defer { position += 1 }
            return text(start..<position)
        }
        var decoded = Array(bytes[start..<position])
        while bytes[position] != UInt8(ascii: "\"") {
            decoded += Array(String(try escape(isKey: isKey)).utf8)
            let next = position
            try skipPlain()
            decoded += bytes[next..<position]
        }
        position += 1
        return String(decoding: decoded, as: UTF8.self)
    }

    private func text(_ range: Range<Int>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }

    /// Moves to the next quote or backslash over characters that stand for themselves.
    private mutating func skipPlain() throws(Failure) {
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            guard byte >= 0x20 else { throw Failure(code: .controlCharacter, offset: position) }
            if byte < 0x80 {
                position += 1
            } else {
                try skipMultibyte(byte)
            }
        }
        throw Failure(code: .unexpectedEnd, offset: position)
    }

    /// Moves over one character of two to four bytes: no overlong forms, surrogates, or anything over U+10FFFF.
    private mutating func skipMultibyte(_ lead: UInt8) throws(Failure) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: (length, second) = (3, 0x80...0xbf)
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: throw Failure(code: .invalidUTF8, offset: position)
        }
        guard length <= bytes.count - position, second.contains(bytes[position + 1]),
            bytes[(position + 2)..<(position + length)].allSatisfy({ $0 & 0xc0 == 0x80 })
        else { throw Failure(code: .invalidUTF8, offset: position) }
        position += length
    }

    /// Reads an escape, which starts at the current backslash.
    private mutating func escape(isKey: Bool) throws(Failure) -> Unicode.Scalar {
        let start = position
        guard start + 1 < bytes.count else { throw Failure(code: .unexpectedEnd, offset: bytes.count) }
        position += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start, isKey: isKey)
        default: throw Failure(code: .invalidEscape, offset: start)
        }
    }

    private mutating func unicodeEscape(from start: Int, isKey: Bool) throws(Failure) -> Unicode.Scalar {
        let unit = try hexadecimal(from: start)
        guard unit != 0 || !isKey else { throw Failure(code: .nullInKey, offset: start) }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // What is no scalar is a surrogate: the first half must be followed by an escaped second.
        guard unit < 0xdc00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw Failure(code: .loneSurrogate, offset: start) }
        position += 2
        let low = try hexadecimal(from: start)
        guard (0xdc00...0xdfff).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(low) - 0xdc00))
        else { throw Failure(code: .loneSurrogate, offset: start) }
        return scalar
    }

    private mutating func hexadecimal(from start: Int) throws(Failure) -> UInt16 {
        guard bytes.count - position >= 4 else { throw Failure(code: .unexpectedEnd, offset: bytes.count) }
        var value: UInt16 = 0
        for byte in bytes[position..<(position + 4)] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(byte - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(byte - 87)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(byte - 55)
            default: throw Failure(code: .invalidEscape, offset: start)
            }
        }
        position += 4
        return value
    }
}
