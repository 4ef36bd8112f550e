extension JSONParser {
    /// Reads a number: one without fraction and exponent as an integer, any other as the nearest double.
    mutating func number() throws(Failure) -> JSONValue {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let whole = position
        try digits()
        guard bytes[whole] != UInt8(ascii: "0") || position == whole + 1 else {
            throw Failure(code: .invalidNumber, offset: whole)
        }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // Minus zero has a sign that only a double keeps.
        if isInteger, text != "-0" {
            guard let number = Int64(text) else { throw Failure(code: .numberOutOfRange, offset: start) }
            return .integer(number)
        }
        guard let number = Double(text), number.isFinite else { throw Failure(code: .numberOutOfRange, offset: start) }
        return .double(number)
    }

    /// Moves over at least one digit.
    private mutating func digits() throws(Failure) {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > start else {
            throw Failure(code: position < bytes.count ? .invalidNumber : .unexpectedEnd, offset: position)
        }
    }
}
