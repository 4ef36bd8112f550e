/// Whole numbers as git's configuration writes them.
package enum ConfigNumber {
    /// The number of a text such as `200`, `64k` or `2G`; nil for anything else and for what does not fit.
    package static func parse(_ text: String) -> Int? {
        var digits = text[...]
        var shift = 0
        switch text.utf8.last {
        case UInt8(ascii: "k"), UInt8(ascii: "K"): shift = 10
        case UInt8(ascii: "m"), UInt8(ascii: "M"): shift = 20
        case UInt8(ascii: "g"), UInt8(ascii: "G"): shift = 30
        default: break
        }
        if shift > 0 { digits.removeLast() }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(digits)
        else { return nil }
        let (result, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : result
    }
}
