import TestSupport
import Testing

@testable import Capsules

@Suite struct YAMLReaderTests {
    @Test func structureIsKept() throws {
        let text = """
            name: "a: b"
            list: [1, two, {three: 3}]
            block: |
              first
              second
            nested:
              - x
              - y: z
            empty:
            """
        let node = try #require(try YAMLReader.parse(text))
        #expect(node.mapping?.map(\.key) == ["name", "list", "block", "nested", "empty"])
        #expect(node["name"]?.scalar == "a: b")
        #expect(node["list"]?.sequence?.count == 3)
        #expect(node["list"]?.sequence?[2]["three"]?.scalar == "3")
        #expect(node["block"]?.scalar == "first\nsecond\n")
        #expect(node["nested"]?.sequence?[1]["y"]?.scalar == "z")
        #expect(node["empty"]?.scalar == "")
        #expect(try YAMLReader.parse("") == nil)
        #expect(try YAMLReader.parse("# only a comment\n") == nil)
    }

    @Test(arguments: [
        ("a: &x 1\nb: *x", "anchor"), ("a: *x", "alias"), ("a: 1\na: 2", "twice"),
        ("a: 1\n---\nb: 2", "second document"),
        ("? [1]\n: 2", "key is not a text"), ("a: [1", "expected"), ("a: \"", "unexpected end"),
        ("\t- a", "cannot start"),
        (String(repeating: "[", count: 100) + String(repeating: "]", count: 100), "nests deeper"),
        ("a: b: c", "not allowed"),
    ])
    func whatDataDoesNotNeedIsRefused(text: String, reason: String) {
        let error = #expect(throws: YAMLError.self) { try YAMLReader.parse(text) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
        #expect((error?.line ?? 0) >= 1)
    }

    @Test func noTextMakesItTrap() throws {
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("ab: -\n[]{},&*!|>'\"%#?\t0~\u{e9}\u{1F600}")
        for _ in 0..<5_000 {
            let text = String(
                (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                })
            do throws(YAMLError) {
                _ = try YAMLReader.parse(text)
            } catch {
                #expect(error.line >= 1)
            }
        }
    }
}
