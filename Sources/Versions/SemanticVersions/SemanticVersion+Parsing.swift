extension SemanticVersion {
    /// The longest text that is read as a version, in bytes.
    package static let textBytes = 256

    /// Reads a version, or gives nil; see ``init(parsing:)`` for the reason.
    package init?(_ text: String) {
        guard let version = try? SemanticVersion(parsing: text) else { return nil }
        self = version
    }

    /// Reads a version strictly: three numbers without leading zeros, then an optional pre-release and build metadata.
    ///
    /// No `v` in front, no blanks, nothing left out. Numbers may be of any size within 256 bytes of text.
    package init(parsing text: String) throws(VersionSyntaxError) {
        if let numbers = Self.plainNumbers(text) {
            self.init(numbers, prerelease: [], build: [])
            return
        }
        guard !text.isEmpty else { throw VersionSyntaxError(text, "a version must not be empty") }
        guard text.utf8.count <= Self.textBytes else {
            throw VersionSyntaxError(text, "a version has at most \(Self.textBytes) bytes")
        }
        guard text.utf8.allSatisfy(Self.isAllowed) else {
            throw VersionSyntaxError(text, "a version has only letters, digits, dots, hyphens and one plus sign")
        }
        let withBuild = Self.split(text[...], at: "+", maxSplits: 1)
        let withPrerelease = Self.split(withBuild[0], at: "-", maxSplits: 1)
        let numbers = Self.split(withPrerelease[0], at: ".")
        guard numbers.count == 3, let major = DecimalNumber(numbers[0]), let minor = DecimalNumber(numbers[1]),
            let patch = DecimalNumber(numbers[2])
        else { throw VersionSyntaxError(text, Self.reason(forNumbers: numbers)) }
        var prerelease: [PrereleaseIdentifier] = []
        if withPrerelease.count > 1 {
            for part in try Self.identifiers(withPrerelease[1], of: text) {
                if part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
                    guard let number = DecimalNumber(part) else {
                        throw VersionSyntaxError(text, "the pre-release number '\(part)' has a leading zero")
                    }
                    prerelease.append(.number(number))
                } else {
                    prerelease.append(.text(String(part)))
                }
            }
        }
        var build: [String] = []
        if withBuild.count > 1 { build = try Self.identifiers(withBuild[1], of: text).map(String.init) }
        self.init((major, minor, patch), prerelease: prerelease, build: build)
    }

    /// The numbers of a text that is nothing but three of up to nine digits, as most versions are: read without a copy of any part.
    private static func plainNumbers(_ text: String) -> (DecimalNumber, DecimalNumber, DecimalNumber)? {
        var numbers: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var (part, digits, number) = (0, 0, UInt64(0))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard digits < 9, digits == 0 || number > 0 else { return nil }
                digits += 1
                number = number * 10 + UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "."):
                guard digits > 0, part < 2 else { return nil }
                if part == 0 { numbers.0 = number } else { numbers.1 = number }
                (part, digits, number) = (part + 1, 0, 0)
            default: return nil
            }
        }
        guard part == 2, digits > 0 else { return nil }
        numbers.2 = number
        return (DecimalNumber(numbers.0), DecimalNumber(numbers.1), DecimalNumber(numbers.2))
    }

    /// Splits at a byte: a text without other characters than ASCII's, many times as fast as by characters.
    private static func split(_ text: Substring, at separator: Unicode.Scalar, maxSplits: Int = .max) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: separator), maxSplits: maxSplits, omittingEmptySubsequences: false)
            .map(Substring.init)
    }

    private static func identifiers(
        _ part: Substring, of text: String
    ) throws(VersionSyntaxError) -> [Substring] {
        let identifiers = split(part, at: ".")
        guard !identifiers.contains(where: \.isEmpty) else {
            throw VersionSyntaxError(text, "an identifier between two dots is empty")
        }
        guard !part.utf8.contains(UInt8(ascii: "+")) else {
            throw VersionSyntaxError(text, "a version has at most one plus sign")
        }
        return identifiers
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"):
            true
        default: false
        }
    }

    private static func reason(forNumbers numbers: [Substring]) -> String {
        if let first = numbers.first, first.utf8.first.map({ $0 == 118 || $0 == 86 }) == true {
            return "a version has no 'v' in front"
        }
        if numbers.count < 3 { return "a version has three numbers, as in 1.2.0" }
        if numbers.count > 3 { return "a version has only three numbers before a '-' or '+'" }
        let zero = numbers.first { $0.utf8.count > 1 && $0.utf8.first == UInt8(ascii: "0") }
        return zero.map { "the number '\($0)' has a leading zero" }
            ?? "a version starts with three numbers, as in 1.2.0"
    }
}
