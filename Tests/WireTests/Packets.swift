@testable import Wire

/// The bytes of a message: each text a line, nil a flush.
func packets(_ lines: String?...) -> [UInt8] {
    var writer = PacketWriter()
    for line in lines { if let line { writer.line(line) } else { writer.flush() } }
    return writer.bytes
}

/// What stands for a delimiter.
let delimiter = Array("0001".utf8)

/// An id of one digit repeated.
func digits(_ digit: Character) -> String { String(repeating: digit, count: 40) }
