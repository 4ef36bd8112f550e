extension JSONParser {
    /// Where a value stands in a valid document: lines and columns from 1.
    ///
    /// With `atKey` it is the place of the member's key instead. A path that leads nowhere stops at its last existing step, so that a
    /// missing member is shown at the object that lacks it.
    static func place(of path: JSONPath, in bytes: [UInt8], atKey: Bool = false) -> (line: Int, column: Int) {
        var parser = JSONParser(bytes, maximumDepth: .max)
        parser.skipBlanks()
        var place = parser.position
        for (index, step) in path.steps.enumerated() {
            guard let key = try? parser.descend(step) else { break }
            parser.skipBlanks()
            place = atKey && index == path.steps.count - 1 ? key : parser.position
        }
        return JSONError.place(of: place, in: bytes)
    }

    /// Moves to a child's value and gives where its key, or the value itself, starts; nil where there is no such child.
    private mutating func descend(_ step: JSONPath.Step) throws(Failure) -> Int? {
        switch (step, try current()) {
        case (.key(let wanted), UInt8(ascii: "{")):
            try open()
            guard try !closes(UInt8(ascii: "}"), afterComma: false) else { return nil }
            repeat {
                let (key, offset) = try key()
                if key.utf8.elementsEqual(wanted.utf8) { return offset }
                _ = try value()
            } while try !ends(UInt8(ascii: "}"))
        case (.index(let wanted), UInt8(ascii: "[")):
            try open()
            guard try !closes(UInt8(ascii: "]"), afterComma: false) else { return nil }
            var index = 0
            repeat {
                skipBlanks()
                if index == wanted { return position }
                _ = try value()
                index += 1
            } while try !ends(UInt8(ascii: "]"))
        default: break
        }
        return nil
    }
}

extension JSONError {
    /// Finds line and column of a failure.
    init(_ failure: JSONParser.Failure, in bytes: [UInt8]) {
        let place = Self.place(of: failure.offset, in: bytes)
        self.init(code: failure.code, offset: failure.offset, line: place.line, column: place.column, key: failure.key)
    }

    /// The line and column of an offset.
    static func place(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
        var place = (line: 1, column: 1)
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                place = (place.line + 1, 1)
            } else if byte & 0xc0 != 0x80 {
                place.column += 1
            }
        }
        return place
    }
}
