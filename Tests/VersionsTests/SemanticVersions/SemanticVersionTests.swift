import Testing

@testable import Versions

@Suite("Semantic versions")
struct SemanticVersionTests {
    @Test(
        "reads and prints",
        arguments: [
            "0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-0", "1.0.0-0a", "1.0.0--",
            "1.0.0-a-b.c-d",
            "1.0.0+build", "1.0.0+001", "1.0.0-rc.1+exp.sha.5114f85", "1.0.0+a-b",
            "99999999999999999999.0.18446744073709551616",
            "1.0.0-99999999999999999999", "1.2.3-beta.-1", "1.0.0+-",
        ])
    func valid(text: String) throws {
        #expect(try SemanticVersion(parsing: text).text == text)
        #expect(SemanticVersion(text)?.description == text)
    }

    @Test(
        "refuses and says why",
        arguments: [
            ("", "empty"), ("1", "three numbers"), ("1.2", "three numbers"), ("1.2.3.4", "only three"),
            ("v1.2.3", "no 'v'"),
            ("V1.0.0", "no 'v'"), ("01.2.3", "leading zero"), ("1.02.3", "leading zero"), ("1.2.03", "leading zero"),
            ("1.2.3-01", "leading zero"), ("1.2.3-a.00", "leading zero"), ("1.2.3-", "empty"), ("1.2.3+", "empty"),
            ("1.2.3-a..b", "empty"), ("1.2.3-a.", "empty"), ("1.2.3+a..b", "empty"), ("1.2.3+a+b", "plus sign"),
            (" 1.2.3", "only letters"), ("1.2.3 ", "only letters"), ("1.2.3\n", "only letters"),
            ("1.2.x", "three numbers"),
            ("1.2.*", "only letters"), ("1.2.3-é", "only letters"), ("1.2.3_4", "only letters"),
            ("-1.2.3", "three numbers"),
            ("١.٢.٣", "only letters"), ("1..3", "three numbers"), ("1.2.3-a_b", "only letters"),
            ("=1.2.3", "only letters"),
            (String(repeating: "1", count: 253) + ".0.0", "256 bytes"), ("1.2.3\u{0}", "only letters"),
        ])
    func invalid(text: String, reason: String) {
        let error = #expect(throws: VersionSyntaxError.self) { try SemanticVersion(parsing: text) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "accepted")")
        #expect(SemanticVersion(text) == nil)
    }

    /// Ascending, each strictly before the next.
    static let ascending = [
        "0.0.0-0", "0.0.0", "0.0.1", "0.1.0", "0.9.0", "0.10.0", "1.0.0-0", "1.0.0-2", "1.0.0-10",
        "1.0.0-99999999999999999999",
        "1.0.0-99999999999999999999.0", "1.0.0--", "1.0.0-A", "1.0.0-Z", "1.0.0-a", "1.0.0-alpha", "1.0.0-alpha.1",
        "1.0.0-alpha.beta", "1.0.0-alpha-1", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
        "1.0.1-a",
        "1.2.0", "1.11.0", "2.0.0", "18446744073709551615.0.0", "18446744073709551616.0.0",
        "99999999999999999999999.0.0",
    ]

    @Test("orders by precedence, every pair of an ascending list")
    func order() throws {
        let versions = try Self.ascending.map { try SemanticVersion(parsing: $0) }
        for (index, left) in versions.enumerated() {
            for (other, right) in versions.enumerated() {
                #expect((left < right) == (index < other), "\(left) \(right)")
                #expect((left == right) == (index == other), "\(left) \(right)")
            }
        }
    }

    @Test("build metadata counts for nothing but the text")
    func build() throws {
        let (left, right) = (try SemanticVersion(parsing: "1.0.0+a"), try SemanticVersion(parsing: "1.0.0+b.2"))
        #expect(left == right)
        #expect(!(left < right) && !(right < left))
        #expect(Set([left, right, SemanticVersion(1, 0, 0)]).count == 1)
        #expect(left.text != right.text)
        #expect(right.build == ["b", "2"])
    }

    @Test("numbers beyond 64 bits are kept, not wrapped")
    func overflow() throws {
        let version = try SemanticVersion(parsing: "18446744073709551616.1.2")
        #expect(version.major.value == nil)
        #expect(version.major > DecimalNumber(UInt64.max))
        #expect(version > SemanticVersion(UInt64.max, 0, 0))
        #expect(version.minor.value == 1)
    }

    @Test("large numbers have hashes of their own")
    func largeHashes() throws {
        let numbers = try (0..<100).map { try #require(DecimalNumber("99999999999999999999\($0)")) }
        #expect(Set(numbers.map(\.hashValue)).count > 90)
        let again = numbers.map { DecimalNumber($0.digits)?.hashValue }
        #expect(again == numbers.map(\.hashValue))
        let highest = DecimalNumber(UInt64.max)
        #expect(DecimalNumber(highest.digits)?.hashValue == highest.hashValue)
    }

    /// Digits that 64 bits hold, hold just so and do not hold, and the next number of each.
    @Test(arguments: [
        ("0", "1"), ("9", "10"), ("999999999", "1000000000"), ("18446744073709551614", "18446744073709551615"),
        ("18446744073709551615", "18446744073709551616"), ("18446744073709551616", "18446744073709551617"),
        ("99999999999999999999", "100000000000000000000"),
    ])
    func numbersHaveAnySize(_ text: String, _ next: String) throws {
        let number = try #require(DecimalNumber(text))
        #expect(number.digits == text && number.successor.digits == next && number.value == UInt64(text))
        #expect(number.successor == DecimalNumber(next) && number < number.successor)
        #expect(!(number.successor < number) && number != number.successor)
        #expect(Set([number, DecimalNumber(text), number.successor]).count == 2)
        for bad in ["0\(text)", "+\(text)", "\(text) ", "\(text)a", "-\(text)"] { #expect(DecimalNumber(bad) == nil) }
        for place in 0..<3 {
            var numbers = ["1", "2", "3"]
            numbers[place] = text
            let version = numbers.joined(separator: ".")
            #expect(try SemanticVersion(parsing: version).text == version)
            numbers[place] = "0\(text)"
            #expect(SemanticVersion(numbers.joined(separator: ".")) == nil)
        }
    }

    @Test(arguments: [
        "", ".", "..", "1", "1.", "1.2", "1.2.", ".1.2", "1..2", "1.2.3.", "1.2.3.4", "1.2.3 ", " 1.2.3", "v1.2.3",
    ])
    func threeNumbersAndNothingElse(_ text: String) { #expect(SemanticVersion(text) == nil) }

    @Test(
        "the standard's examples and node's comparisons", .enabled(if: SharedData.folder != nil, "no shared data here"))
    func publicTables() throws {
        let official = try #require(try SharedData.table("semver_official.json"))
        for text in try #require(official["valid"] as? [String]) + (try #require(official["overflow"] as? [String])) {
            #expect(SemanticVersion(text)?.text == text)
        }
        for text in try #require(official["invalid"] as? [String]) { #expect(SemanticVersion(text) == nil, "\(text)") }
        let chain = try #require(official["precedence_chain"] as? [String]).compactMap { SemanticVersion($0) }
        #expect(chain.count > 5)
        for (left, right) in zip(chain, chain.dropFirst()) { #expect(left < right) }

        let comparisons = try #require(try SharedData.table("semver_comparisons.json"))
        var compared = 0
        for (key, holds) in [("gt", { $0 > $1 }), ("eq", { $0 == $1 })]
            as [(String, (SemanticVersion, SemanticVersion) -> Bool)]
        {
            for row in try #require(comparisons[key] as? [[Any]]) {
                guard let left = (row[0] as? String).flatMap({ SemanticVersion($0) }),
                    let right = (row[1] as? String).flatMap({ SemanticVersion($0) })
                else { continue }
                #expect(holds(left, right), "\(left) \(key) \(right)")
                compared += 1
            }
        }
        #expect(compared > 20)
    }
}
