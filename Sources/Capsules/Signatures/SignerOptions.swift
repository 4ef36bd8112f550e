/// The options of a line of an allowed-signers file, such as `namespaces="git",valid-before="20270101"`.
struct SignerOptions {
    private(set) var namespaces: SignerPattern?
    private(set) var validAfter: Int64?
    private(set) var validBefore: Int64?
    /// Why the line cannot be used although it is well formed.
    private(set) var refusal: String?

    /// Reads them; nil for an option that is malformed, given twice or not known.
    init?(_ text: String) {
        var isAuthority = false
        for option in Self.split(text) {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? Self.unquoted(parts[1]) : nil
            switch (parts.first?.lowercased(), value) {
            case ("cert-authority", nil) where parts.count == 1 && !isAuthority: isAuthority = true
            case ("namespaces", let value?) where namespaces == nil:
                guard let pattern = SignerPattern(value) else { return nil }
                namespaces = pattern
            case ("valid-after", let value?) where validAfter == nil:
                guard let time = UTCTime.seconds(of: value) else { return nil }
                validAfter = time
            case ("valid-before", let value?) where validBefore == nil:
                guard let time = UTCTime.seconds(of: value) else { return nil }
                validBefore = time
            default: return nil
            }
        }
        if isAuthority {
            refusal = "certificate authorities (cert-authority) are not supported: list the keys themselves"
        }
        if let validAfter, let validBefore, validAfter >= validBefore { refusal = "it is valid at no time" }
    }

    /// The options between commas outside of quotes.
    private static func split(_ text: String) -> [String] {
        var options: [[UInt8]] = [[]]
        var isQuoted = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ","), !isQuoted {
                options.append([])
            } else {
                options[options.count - 1].append(byte)
            }
        }
        return options.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func unquoted(_ text: Substring) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else { return nil }
        let inner = bytes.dropFirst().dropLast()
        return inner.contains(UInt8(ascii: "\"")) ? nil : String(decoding: inner, as: UTF8.self)
    }
}
