import Objects

/// The functions that a module of WebAssembly exports, read from its file without running anything of it.
///
/// Source: WebAssembly Core Specification 2.0, 5.5 "Modules".
struct WasmExports {
    /// The largest file that is read, in bytes; the engine takes no larger one.
    static let fileLimit = 32 << 20
    private static let header: [UInt8] = [0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00]
    private static let (exportSection, functionKind): (UInt8, UInt8) = (7, 0)

    private let bytes: [UInt8]
    private var position = 0

    /// Whether a module exports a function with exactly this name; false for anything that is no module.
    static func contains(_ name: String, in bytes: [UInt8]) -> Bool {
        var reader = WasmExports(bytes: bytes)
        return reader.exports(Array(name.utf8))
    }

    private mutating func exports(_ name: [UInt8]) -> Bool {
        guard take(Self.header.count)?.elementsEqual(Self.header) == true else { return false }
        while let section = take(1)?.first, let size = number() {
            guard section == Self.exportSection else {
                guard take(size) != nil else { return false }
                continue
            }
            guard let count = number() else { return false }
            for _ in 0..<count {
                guard let length = number(), let found = take(length), let kind = take(1)?.first, number() != nil else {
                    return false
                }
                if kind == Self.functionKind, found.elementsEqual(name) { return true }
            }
            return false
        }
        return false
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// An unsigned number of at most 32 bits, in LEB128.
    private mutating func number() -> Int? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard let byte = take(1)?.first else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value <= UInt64(UInt32.max) ? Int(value) : nil }
        }
        return nil
    }
}
