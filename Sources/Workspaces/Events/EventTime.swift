import Capsules
import Glibc

/// A moment to the microsecond, as events have it: RFC 3339 in UTC with six digits after the second.
///
/// It tells people when something happened and orders nothing.
package struct EventTime: Sendable, Hashable, Comparable {
    /// Microseconds since 1970 UTC, within the years 0 to 9999.
    package let microseconds: Int64

    /// A moment within the years that the form can hold; others become the nearest.
    package init(microseconds: Int64) {
        self.microseconds = min(max(microseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    private static let range: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

    /// Now, by the system's clock.
    package static func now() -> EventTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return EventTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// Seconds since 1970, rounded down.
    package var seconds: Int64 {
        let whole = microseconds / 1_000_000
        return microseconds % 1_000_000 < 0 ? whole - 1 : whole
    }

    /// `2026-11-21T09:12:00.123456Z`.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The bytes of ``text``.
    var bytes: [UInt8] {
        var time = time_t(seconds)
        var fields = tm()
        gmtime_r(&time, &fields)
        var bytes = Self.form
        bytes.withUnsafeMutableBufferPointer { bytes in
            func put(_ number: Int, _ range: Range<Int>) {
                var rest = UInt(bitPattern: number)
                for index in range.reversed() {
                    bytes[index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                    rest /= 10
                }
            }
            put(Int(fields.tm_year) + 1900, 0..<4)
            put(Int(fields.tm_mon) + 1, 5..<7)
            put(Int(fields.tm_mday), 8..<10)
            put(Int(fields.tm_hour), 11..<13)
            put(Int(fields.tm_min), 14..<16)
            put(Int(fields.tm_sec), 17..<19)
            put(Int(microseconds - seconds * 1_000_000), 20..<26)
        }
        return bytes
    }

    private static let form = Array("0000-00-00T00:00:00.000000Z".utf8)

    /// Reads exactly the form of ``text``.
    package init?(canonical text: String) { self.init(canonical: Array(text.utf8)[...]) }

    /// Reads exactly the form of ``text``.
    init?(canonical text: ArraySlice<UInt8>) {
        guard text.count == Self.form.count else { return nil }
        func number(_ range: Range<Int>) -> Int32 {
            text[(text.startIndex + range.lowerBound)..<(text.startIndex + range.upperBound)].reduce(0) {
                $0 * 10 + Int32($1 & 15)
            }
        }
        var fields = tm()
        (fields.tm_year, fields.tm_mon, fields.tm_mday) = (number(0..<4) - 1900, number(5..<7) - 1, number(8..<10))
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (number(11..<13), number(14..<16), number(17..<19))
        self.init(microseconds: Int64(timegm(&fields)) * 1_000_000 + Int64(number(20..<26)))
        // What is no digit, or no day, has become another text.
        guard bytes[...] == text else { return nil }
    }

    /// Reads RFC 3339 with any number of digits after the second and any zone, or a day alone, which begins at midnight UTC.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        func digits(_ range: Range<Int>) -> String? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return String(decoding: bytes[range], as: UTF8.self)
        }
        func has(_ scalars: String, at index: Int) -> Bool {
            index < bytes.count && scalars.utf8.contains(bytes[index])
        }
        guard let year = digits(0..<4), has("-", at: 4), let month = digits(5..<7), has("-", at: 7),
            let day = digits(8..<10)
        else { return nil }
        if bytes.count == 10 {
            guard let seconds = UTCTime.seconds(of: "\(year)\(month)\(day)Z") else { return nil }
            self.init(microseconds: seconds * 1_000_000)
            return
        }
        guard has("Tt ", at: 10), let hour = digits(11..<13), has(":", at: 13), let minute = digits(14..<16),
            has(":", at: 16), let second = digits(17..<19),
            let seconds = UTCTime.seconds(of: "\(year)\(month)\(day)\(hour)\(minute)\(second)Z")
        else { return nil }
        var position = 19
        var fraction: Int64 = 0
        if has(".", at: position) {
            let start = position + 1
            let end = bytes[start...].firstIndex { !(0x30...0x39).contains($0) } ?? bytes.endIndex
            guard end > start else { return nil }
            for index in start..<(start + 6) {
                fraction = fraction * 10 + (index < end ? Int64(bytes[index]) - 0x30 : 0)
            }
            position = end
        }
        guard let offset = Self.offset(bytes[position...]) else { return nil }
        self.init(microseconds: (seconds - offset) * 1_000_000 + fraction)
    }

    /// Seconds east of UTC of `Z`, `+hh:mm` or `-hh:mm`.
    private static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
        let bytes = Array(zone)
        if bytes == [0x5A] || bytes == [0x7A] { return 0 }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), bytes[0] == 0x2B || bytes[0] == 0x2D,
            let hours = Int64(String(decoding: bytes[1...2], as: UTF8.self)), (0...23).contains(hours),
            let minutes = Int64(String(decoding: bytes[4...5], as: UTF8.self)), (0...59).contains(minutes)
        else { return nil }
        return (bytes[0] == 0x2D ? -60 : 60) * (hours * 60 + minutes)
    }

    package static func < (left: EventTime, right: EventTime) -> Bool { left.microseconds < right.microseconds }
}
