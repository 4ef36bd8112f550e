import Objects
import TestSupport
import Testing

@Suite("Tree paths")
struct TreePathTests {
    @Test("splits into components, parent and name")
    func parts() throws {
        let path = try TreePath("src/handlers/main.js")
        #expect(path.components.map { String(decoding: $0, as: UTF8.self) } == ["src", "handlers", "main.js"])
        #expect(path.name == "main.js")
        #expect(path.parent?.string == "src/handlers")
        #expect(path.parent?.parent?.parent == nil)
        #expect(try TreePath("a").name == "a")
        #expect("\(path)" == "src/handlers/main.js")
    }

    @Test("equality and order are those of bytes, not of Swift strings")
    func bytewise() throws {
        let composed = try TreePath("\u{e9}")
        let decomposed = try TreePath("e\u{301}")
        #expect(composed.string == decomposed.string)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        let sorted = ["a", "a-b", "a/b", "a0", "ab", "b", "z", "\u{e9}", "\u{ffff}", "\u{10000}"]
        #expect(try sorted.shuffled().map { try TreePath($0) }.sorted().map(\.string) == sorted)
    }

    @Test("order agrees with that of byte arrays", arguments: 0..<10)
    func order(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let paths = try (0..<200).map { _ in
            try TreePath(
                bytes: (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                    UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "c"), using: &generator)
                })
        }
        for (left, right) in zip(paths, paths.dropFirst()) {
            #expect((left < right) == left.bytes.lexicographicallyPrecedes(right.bytes))
        }
    }
}
