import Glibc

/// Who made a commit or tag, and when.
package struct Signature: Hashable, Sendable {
    /// A name without control characters or angle brackets.
    package var name: String
    /// A mail address without control characters or angle brackets.
    package var email: String
    /// Seconds since 1970 UTC.
    package var time: Int64
    /// The zone that the time is shown in, in minutes east of UTC.
    package var offset: Int32

    /// Makes a signature; characters that git's object format cannot hold are dropped from name and address.
    package init(name: String, email: String, time: Int64, offset: Int32) {
        self.name = Self.cleaned(name)
        self.email = Self.cleaned(email)
        self.time = time
        self.offset = offset
    }

    /// A signature of this moment in the machine's zone.
    package static func now(name: String, email: String) -> Signature {
        var seconds = Glibc.time(nil)
        var local = tm()
        localtime_r(&seconds, &local)
        return Signature(name: name, email: email, time: Int64(seconds), offset: Int32(local.tm_gmtoff / 60))
    }

    private static func cleaned(_ text: String) -> String {
        let kept = Array(text.unicodeScalars).filter { scalar in
            scalar.value >= 0x20 && scalar.value != 0x7F && scalar != "<" && scalar != ">"
        }
        var view = kept[...]
        while view.first == " " { view.removeFirst() }
        while view.last == " " { view.removeLast() }
        return String(String.UnicodeScalarView(view))
    }

    /// The form of an object's header: `name <email> seconds +hhmm`.
    var header: String {
        let minutes = offset.magnitude
        let zone = "\(offset < 0 ? "-" : "+")\(Self.two(minutes / 60))\(Self.two(minutes % 60))"
        return "\(name) <\(email)> \(time) \(zone)"
    }

    private static func two(_ number: UInt32) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Parses the form of an object's header; lenient in what old tools wrote, nil without the angle brackets.
    init?(header: some Collection<UInt8>) {
        let bytes = Array(header)
        guard let open = bytes.firstIndex(of: UInt8(ascii: "<")),
            let close = bytes[open...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        var name = bytes[..<open]
        while name.last == 0x20 { name.removeLast() }
        let rest = Self.clock(in: bytes)
        self.name = String(decoding: name, as: UTF8.self)
        email = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
        time = Self.time(in: bytes)
        offset = 0
        guard rest.count > 1, let zone = Int32(String(decoding: rest[rest.startIndex + 1], as: UTF8.self)) else {
            return
        }
        let sign: Int32 = zone < 0 ? -1 : 1
        let digits = Int32(clamping: zone.magnitude)
        guard digits < 10_000 else { return }
        offset = sign * (digits / 100 * 60 + digits % 100)
    }

    /// The seconds of the form of an object's header, 0 when they cannot be read.
    static func time(in header: some BidirectionalCollection<UInt8>) -> Int64 {
        clock(in: header).first.flatMap { Int64(String(decoding: $0, as: UTF8.self)) } ?? 0
    }

    /// Time and zone; as for git they follow the last bracket, whatever stands before it.
    private static func clock<Header: BidirectionalCollection<UInt8>>(in header: Header) -> [Header.SubSequence] {
        guard let bracket = header.lastIndex(of: UInt8(ascii: ">")) else { return [] }
        return header[header.index(after: bracket)...].split(separator: 0x20)
    }
}
