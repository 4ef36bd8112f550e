import Objects
import TestSupport
import Testing

/// What a mistyped word may have meant.
@Suite struct NearNamesTests {
    @Test(arguments: [
        ("stauts", ["status", "stash", "show"], ["status"]),
        ("comit", ["commit", "commits"], ["commit"]),
        ("brnch", ["branch", "bench", "bunch"], ["bench", "branch", "bunch"]),
        ("mian", ["main"], ["main"]),
        ("refunds-", ["refunds", "refunds-2", "refunds-30", "other"], ["refunds", "refunds-2", "refunds-30"]),
        ("customer", ["customer-service", "catalog"], ["customer-service"]),
        ("x", ["y", "z", "ab"], ["y", "z"]),
        ("x", ["xylophone"], []),
        ("status", ["status"], []),
        ("", ["a", "abc"], ["a"]),
        ("quite-different", ["main"], []),
        ("v1.0.1", ["v1.0.0", "v1.1.0", "v2.0.0", "main"], ["v1.0.0", "v1.1.0", "v2.0.0"]),
        ("aaaa", ["aaab", "aaba", "abaa", "baaa"], ["aaab", "aaba", "abaa"]),
    ]) func near(_ word: String, _ names: [String], _ wanted: [String]) {
        #expect(NearNames.of(word, among: names) == wanted, "\(word)")
        #expect(NearNames.of(word, among: names.reversed()) == wanted)
    }

    @Test func hints() {
        #expect(NearNames.hint(for: "aab", among: ["aaa"]) == "did you mean 'aaa'?")
        #expect(
            NearNames.hint(for: "aab", among: ["aaa", "abb"], shown: { "--\($0)" })
                == "did you mean '--aaa' or '--abb'?")
        #expect(NearNames.hint(for: "aab", among: ["aaa", "abb", "bab"]) == "did you mean 'aaa', 'abb' or 'bab'?")
        #expect(NearNames.hint(for: "aab", among: ["zzz"]) == nil)
    }

    /// One letter too many, too few, wrong or swapped is always found again, whatever the words.
    @Test func oneSlipIsFound() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let word = (0..<Int.random(in: 4...12, using: &generator)).map { _ in
                UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "z"), using: &generator)
            }
            var typed = word
            let place = Int.random(in: 0..<word.count - 1, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: typed.remove(at: place)
            case 1: typed.insert(UInt8(ascii: "-"), at: place)
            case 2: typed[place] = UInt8(ascii: "-")
            default: typed.swapAt(place, place + 1)
            }
            let name = String(decoding: word, as: UTF8.self)
            guard typed != word else { continue }
            #expect(NearNames.of(String(decoding: typed, as: UTF8.self), among: [name, "0000000000"]) == [name])
        }
    }
}
