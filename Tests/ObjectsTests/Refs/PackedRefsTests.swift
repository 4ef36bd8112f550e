import TestSupport
import Testing

@testable import Objects

/// The `packed-refs` file: what git writes, what it refuses, and what is written back.
struct PackedRefsTests {
    private static let id = String(repeating: "12", count: 20)
    private static let other = String(repeating: "ab", count: 20)
    private static let header = "# pack-refs with: peeled fully-peeled sorted \n"

    /// The file that Amx writes with these lines.
    private static func file(_ lines: String) -> String {
        let digest = SHA256Hasher.hash(of: Array(lines.utf8)).hex
        return "# pack-refs with: peeled fully-peeled sorted sha256:\(digest) \n\(lines)"
    }

    private func parse(_ text: String) throws -> PackedRefs {
        try PackedRefs(parsing: Array(text.utf8), path: "packed-refs")
    }

    @Test func canonicalTextRoundTrips() throws {
        let text = Self.file("\(Self.id) refs/heads/a\n\(Self.id) refs/tags/v1\n^\(Self.other)\n")
        let content = try parse(text)
        #expect(content.refs.map(\.name.string) == ["refs/heads/a", "refs/tags/v1"])
        #expect(content.refs.map { $0.peeled?.hex } == [nil, Self.other])
        #expect(content.isFullyPeeled)
        #expect(String(decoding: content.encoded, as: UTF8.self) == text)
        #expect(try parse("").refs.isEmpty)
        #expect(String(decoding: PackedRefs().encoded, as: UTF8.self) == Self.file(""))
    }

    @Test func unsortedLinesAreSorted() throws {
        let content = try parse("\(Self.id) refs/heads/z\n\(Self.id) refs/heads/a\n^\(Self.other)\n")
        #expect(content.refs.map(\.name.string) == ["refs/heads/a", "refs/heads/z"])
        #expect(content.refs.first?.peeled?.hex == Self.other)
        #expect(!content.isFullyPeeled)
    }

    @Test func capitalDigitsAreRead() throws {
        #expect(try parse("\(Self.other.uppercased()) refs/heads/a\n").refs.first?.id.hex == Self.other)
    }

    @Test(arguments: [
        "\(id) refs/heads/main", "\(id) refs/heads/a\n\(id) refs/heads/mai", "\(id)\n", "\(id) \n",
        "\(id)refs/heads/main\n", "xyz\n", "\n", "\(header)\n", "\(header)# another\n", "^\(id)\n",
        "\(id) refs/heads/a\n^\(id)\n^\(id)\n", "\(id) refs/heads/a\n^12\n", "\(id) refs/../../x\n", "\(id) refs/./x\n",
        "\(id) refs//x\n", "\(id) /etc/passwd\n", "\(id) refs/heads/a\n\(id) refs/heads/a\n", "\0\0\0\0",
    ])
    func damageIsRefused(text: String) {
        #expect { try parse(text) } throws: { ($0 as? AmxError)?.code == .verification }
    }

    @Test func linesThatGitIgnoresAreKept() throws {
        let kept = [
            "\(Self.id) HEAD2", "\(Self.id) refs/heads/a b", "\(Self.id) refs/heads/m\r", "\(Self.id) refs/heads/zz..z",
        ]
        let text = kept[..<2].joined(separator: "\n") + "\n\(Self.id) refs/heads/b\n"
        let content = try parse(Self.header + text + kept[2...].joined(separator: "\n") + "\n")
        #expect(content.refs.map(\.name.string) == ["refs/heads/b"])
        #expect(
            String(decoding: content.encoded, as: UTF8.self)
                == Self.file(text + kept[2...].joined(separator: "\n") + "\n"))
    }

    @Test func bytesThatAreNoTextAreKept() throws {
        let raw = Array("\(Self.header)\(Self.id) refs/heads/".utf8) + [0xFF, 0x0A]
        let encoded = try PackedRefs(parsing: raw, path: "packed-refs").encoded
        #expect(encoded.suffix(raw.count - Self.header.utf8.count).elementsEqual(raw.dropFirst(Self.header.utf8.count)))
    }

    @Test func aWrongChecksumIsNotForgotten() throws {
        let whole = Self.file("\(Self.id) refs/heads/topic\n")
        var content = try parse(whole.replacing("topic", with: "tooic"))
        for _ in 0..<2 {
            let bytes = content.encoded
            #expect(PackedRefsSeal.state(of: bytes) == .doubtful)
            content = try PackedRefs(parsing: bytes, path: "packed-refs")
            #expect(content.isFullyPeeled && content.refs.map(\.name.string) == ["refs/heads/tooic"])
        }
        #expect(PackedRefsSeal.state(of: Array(whole.utf8)) == .intact)
        #expect(PackedRefsSeal.state(of: Array(Self.header.utf8)) == .none)
    }

    @Test func randomDamageNeverTraps() {
        var random = SeededGenerator(seed: 5)
        let good = Array((Self.header + "\(Self.id) refs/heads/a\n\(Self.id) refs/tags/v1\n^\(Self.other)\n").utf8)
        var refused = 0
        for _ in 0..<3_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert([0x0A, 0x20, 0x5E, 0x23].randomElement(using: &random) ?? 0, at: index)
                }
            }
            do {
                let content = try PackedRefs(parsing: bytes, path: "packed-refs")
                // What was accepted is stable when it is written and read again.
                let again = try PackedRefs(parsing: content.encoded, path: "packed-refs")
                #expect(again.refs == content.refs)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 100)
    }
}
