import Testing

@testable import Versions

@Suite("Facts by what they say")
struct KnownFactsTests {
    @Test("each is found, few or many, and may be replaced", arguments: [0, 1, 15, 16, 17, 18, 40])
    func areFound(count: Int) throws {
        let keys = (0..<count).flatMap { number in
            FactKey.keys(
                of: .requirements([PackageRequirement(PackageName("p\(number / 2)"), .any, source: "s\(number)")]))
        }
        try #require(keys.count == count)
        let absent = try #require(FactKey.keys(of: .unusable("it is gone")).first)
        var known = KnownFacts()
        for (number, key) in keys.enumerated() {
            #expect(known[key] == nil)
            known[key] = number
        }
        #expect(keys.map { known[$0] } == Array(0..<count))
        #expect(known[absent] == nil)
        for (number, key) in keys.enumerated() { known[key] = number + 100 }
        known[absent] = 7
        #expect(keys.map { known[$0] } == Array(100..<100 + count))
        #expect(known[absent] == 7)
    }
}
