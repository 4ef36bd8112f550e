/// Writes the parts of a message between a supervisor and its launchers: whole numbers of eight bytes, little endian, and texts with
/// their length in front.
struct LaunchEncoder {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
    }

    mutating func write(raw bytes: [UInt8]) { self.bytes += bytes }

    mutating func write(_ text: String) {
        write(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}

/// Reads what ``LaunchEncoder`` has written; nil wherever that is not what is there.
struct LaunchDecoder {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// Whether everything was read.
    var isAtEnd: Bool { rest.isEmpty }

    mutating func number() -> UInt64? {
        guard rest.count >= 8 else { return nil }
        let number = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest.removeFirst(8)
        return number
    }

    mutating func text() -> String? {
        guard let length = number(), length <= UInt64(rest.count), let count = Int(exactly: length),
            let text = String(validating: rest.prefix(count), as: UTF8.self)
        else { return nil }
        rest.removeFirst(count)
        return text
    }
}
