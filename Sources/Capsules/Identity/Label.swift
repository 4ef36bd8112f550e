import Objects

/// The rule that the labels of ids and the names of owners share.
enum Label {
    private static let refused = ["kc", "git", "lock"]

    /// Why bytes are no label, in words that follow a colon, or nil for a label.
    static func reason(against bytes: some BidirectionalCollection<UInt8>) -> String? {
        guard let first = bytes.first, let last = bytes.last else { return "a label must not be empty" }
        for byte in bytes where !isAlphanumeric(byte) && byte != UInt8(ascii: "-") {
            return "'\(TreeRules.printable(bytes))' has other characters than a-z, 0-9 and '-'"
        }
        guard isAlphanumeric(first), isAlphanumeric(last) else {
            return "'\(String(decoding: bytes, as: UTF8.self))' starts or ends with a hyphen"
        }
        if let word = refused.first(where: { bytes.elementsEqual($0.utf8) }) {
            return "the label '\(word)' is reserved"
        }
        // Two bytes tell nearly all names, and spare a call with a collection across modules.
        if let second = bytes.dropFirst().first, TreeRules.mayBeDeviceName(first, second),
            TreeRules.isWholeDeviceName(bytes)
        {
            return "the label '\(String(decoding: bytes, as: UTF8.self))' is a device's name on Windows"
        }
        return nil
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
