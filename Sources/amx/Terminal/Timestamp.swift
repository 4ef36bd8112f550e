import Glibc
import Objects

/// The moment of a signature in the zone that it was made in.
struct Timestamp {
    private let local: tm
    private let offset: Int

    /// Takes a signature's moment; one beyond the calendar's years becomes the epoch.
    init(_ signature: Signature) {
        offset = Int(signature.offset)
        let range = -62_135_596_800...Int64(253_402_300_799)
        var seconds = time_t(range.contains(signature.time) ? signature.time : 0) + 60 * offset
        var fields = tm()
        gmtime_r(&seconds, &fields)
        local = fields
    }

    /// RFC 3339: `2026-11-21T10:12:00+01:00`.
    var rfc3339: String {
        let minutes = offset.magnitude
        let zone =
            offset == 0
            ? "Z" : "\(offset < 0 ? "-" : "+")\(Self.padded(Int(minutes / 60), 2)):\(Self.padded(Int(minutes % 60), 2))"
        return "\(day)T\(minute):\(Self.padded(Int(local.tm_sec), 2))\(zone)"
    }

    /// For people: `2026-11-21 10:12`.
    var short: String { "\(day) \(minute)" }

    private var day: String {
        let (year, month) = (Int(local.tm_year) + 1900, Int(local.tm_mon) + 1)
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(Int(local.tm_mday), 2))"
    }

    private var minute: String { "\(Self.padded(Int(local.tm_hour), 2)):\(Self.padded(Int(local.tm_min), 2))" }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
