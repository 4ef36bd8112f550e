import Glibc

/// Moments as text.
package enum UTCTime {
    /// Reads `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`: in UTC with a `Z` after it, else in the machine's zone.
    package static func seconds(of text: String) -> Int64? {
        var digits = Array(text.utf8)
        let isUTC = digits.last == UInt8(ascii: "Z") || digits.last == UInt8(ascii: "z")
        if isUTC { digits.removeLast() }
        guard [8, 12, 14].contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        digits += Array(repeating: UInt8(ascii: "0"), count: 14 - digits.count)
        func number(_ range: Range<Int>) -> Int32 { digits[range].reduce(0) { $0 * 10 + Int32($1 - 0x30) } }
        var fields = tm()
        (fields.tm_year, fields.tm_mon, fields.tm_mday) = (number(0..<4) - 1900, number(4..<6) - 1, number(6..<8))
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (number(8..<10), number(10..<12), number(12..<14))
        fields.tm_isdst = -1
        let wanted = [fields.tm_year, fields.tm_mon, fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec]
        let time = isUTC ? timegm(&fields) : mktime(&fields)
        // A day that there is not, such as the 30th of February, has become another one.
        let found = [fields.tm_year, fields.tm_mon, fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec]
        guard found == wanted else { return nil }
        return Int64(time)
    }

    /// RFC 3339: `2026-11-21T09:12:00Z`.
    package static func text(_ seconds: Int64) -> String { formatted(seconds, "-", "T", ":") }

    /// The form of an allowed-signers file: `20261121091200Z`.
    static func compact(_ seconds: Int64) -> String { formatted(seconds, "", "", "") }

    private static func formatted(_ seconds: Int64, _ dash: String, _ middle: String, _ colon: String) -> String {
        // The years 0 to 9999.
        var time = time_t(min(max(seconds, -62_167_219_200), 253_402_300_799))
        var fields = tm()
        gmtime_r(&time, &fields)
        func padded(_ number: Int32, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let day = [padded(fields.tm_year + 1900, 4), padded(fields.tm_mon + 1, 2), padded(fields.tm_mday, 2)]
        let clock = [padded(fields.tm_hour, 2), padded(fields.tm_min, 2), padded(fields.tm_sec, 2)]
        return "\(day.joined(separator: dash))\(middle)\(clock.joined(separator: colon))Z"
    }
}
