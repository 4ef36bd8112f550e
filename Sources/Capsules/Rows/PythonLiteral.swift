/// Reads the one kind of Python literal that NumPy puts into its files.
struct PythonLiteral {
    /// What the dictionary says.
    struct Header {
        var descr = ""
        var isFortranOrder = false
        var shape: [Int] = []
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The dictionary, with nothing but blanks after it; nil for anything else.
    mutating func header() -> Header? {
        var header = Header()
        var seen: Set<String> = []
        guard take("{") else { return nil }
        while !take("}") {
            guard let key = text(), seen.insert(key).inserted, take(":") else { return nil }
            switch key {
            case "descr":
                guard let text = text() else { return nil }
                header.descr = text
            case "fortran_order":
                guard let value = truth() else { return nil }
                header.isFortranOrder = value
            case "shape":
                guard let shape = tuple() else { return nil }
                header.shape = shape
            default: return nil
            }
            if !take(",") {
                guard take("}") else { return nil }
                break
            }
        }
        skipBlanks()
        return rest.isEmpty && seen.count == 3 ? header : nil
    }

    /// A tuple of sizes; more than eight are nothing that is read further.
    private mutating func tuple() -> [Int]? {
        guard take("(") else { return nil }
        var sizes: [Int] = []
        while !take(")") {
            guard sizes.count < 8, let size = number() else { return nil }
            sizes.append(size)
            if !take(",") { return take(")") ? sizes : nil }
        }
        return sizes
    }

    private mutating func number() -> Int? {
        skipBlanks()
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest.dropFirst(digits.count)
        // Python 2 wrote `3L`.
        if rest.first == UInt8(ascii: "L") { rest = rest.dropFirst() }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    private mutating func truth() -> Bool? {
        skipBlanks()
        for (word, value) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
            rest = rest.dropFirst(word.utf8.count)
            return value
        }
        return nil
    }

    /// A text in single or double quotes without escapes.
    private mutating func text() -> String? {
        skipBlanks()
        guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
        let body = rest.dropFirst().prefix { $0 != quote && $0 != UInt8(ascii: "\\") }
        guard body.endIndex < rest.endIndex, rest[body.endIndex] == quote else { return nil }
        rest = rest[(body.endIndex + 1)...]
        return String(decoding: body, as: UTF8.self)
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D }
    }
}
