import Testing

@testable import Versions

@Suite("Facts by what they say")
struct KnownFactsTests {
    @Test(
        "each is found, few or many about a target, and may be replaced", arguments: [0, 1, 15, 16, 17, 18, 40],
        [1, 2, 17, 40])
    func areFound(count: Int, kinds: Int) throws {
        // Two about another target, and one that a version cannot be used.
        let requirements =
            (0..<count).map { number in
                let runs = [0..<number % kinds + 1]
                return PackageRequirement(PackageName("a"), .ordinals(runs, text: "\(runs)"), source: "s\(number)")
            }
            + (0..<2).map { PackageRequirement(PackageName("b"), .any, source: "s\($0)") }
        var keys: [FactKey] = []
        CandidateManifest.requirements(requirements).forEachKey { keys.append($0) }
        CandidateManifest.unusable("it is gone").forEachKey { keys.append($0) }
        try #require(keys.count == count + 3)
        let targets = [Int](repeating: 1, count: count) + [2, 2, 0]
        var facts: ContiguousArray<Fact> = []
        var known = KnownFacts()
        // All of them twice, as facts that are replaced by copies of them.
        for round in 0..<2 {
            for (number, key) in keys.enumerated() {
                let old = known.fact(key, about: targets[number], in: facts)
                #expect(old == (round == 0 ? nil : number))
                facts.append(
                    Fact(
                        package: 0, target: targets[number], selector: CandidateSet(capacity: 1),
                        requirement: key.requirement, reason: key.reason, accepted: nil))
                known.insert(facts.count - 1, key, inPlaceOf: old, in: facts)
            }
            let found = keys.indices.map { known.fact(keys[$0], about: targets[$0], in: facts) }
            #expect(found == keys.indices.map { round * keys.count + $0 })
        }
        known.removeAll()
        #expect(keys.indices.allSatisfy { known.fact(keys[$0], about: targets[$0], in: facts) == nil })
        known.insert(0, keys[0], inPlaceOf: nil, in: facts)
        #expect(known.fact(keys[0], about: facts[0].target, in: facts) == 0)
        #expect(known.fact(FactKey(reason: "another"), about: 0, in: facts) == nil)
    }
}
