/// The text of ports.
enum PortNumber {
    /// A decimal number from 1 to 65535 without zeros in front; nil for all else.
    static func parse(_ bytes: some Collection<UInt8>) -> UInt16? {
        let text = String(decoding: Array(bytes), as: UTF8.self)
        guard let number = UInt16(text), number > 0, String(number) == text else { return nil }
        return number
    }
}
