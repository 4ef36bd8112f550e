import Foundation
import Objects
import TestSupport
import Testing

@Suite("Content digest")
struct ContentDigestTests {
    private struct File {
        let mode: FileMode
        let path: String
        let content: [UInt8]
    }

    private static let sample = [
        File(mode: .regular, path: "manifest.json", content: Array("{}".utf8)),
        File(mode: .executable, path: "src/run.sh", content: Array("#!/bin/sh\n".utf8)),
        File(mode: .regular, path: "src-a", content: []),
        File(mode: .regular, path: "B", content: Array(repeating: UInt8(ascii: "x"), count: 100_000)),
        File(mode: .regular, path: "é.md", content: [0, 0xff]),
    ]

    private static func digest(_ files: [File]) throws -> ContentDigest {
        let builder = ContentDigest.Builder()
        for (path, file) in try files.map({ (try TreePath($0.path), $0) }).sorted(by: { $0.0 < $1.0 }) {
            try builder.add(
                mode: file.mode, path: path, length: UInt64(file.content.count),
                content: SHA256Hasher.hash(of: file.content))
        }
        return builder.finish()
    }

    @Test("vectors computed with Python's hashlib")
    func vectors() throws {
        #expect(
            try Self.digest([]).text == "sha256:a1904a36d634d63084db951d7ba1963afad320056ab6e9e89cd9a26d8d268e96")
        #expect(
            try Self.digest([Self.sample[0]]).text
                == "sha256:eea8ab0cfd5c49bf8f575d97b43ab2810224bb1b0ffb5d62904193a73e404d45")
        #expect(
            try Self.digest(Self.sample).text
                == "sha256:1ecd4b0e3d1e23c91cc797e71a0cd5947e0fb6301b762dfb8cfc3cae233d2506")
    }

    @Test("random capsules agree with hashlib", .enabled(if: Tool.exists("python3")))
    func againstPython() throws {
        var generator = SeededGenerator(seed: 4)
        let script = """
            import hashlib, struct, sys
            for line in sys.stdin:
                h = hashlib.sha256(b'amx-capsule-v1\\0')
                files = [f.split(':') for f in line.split()]
                for mode, path, content in sorted(files, key=lambda f: bytes.fromhex(f[1])):
                    path, content = bytes.fromhex(path), bytes.fromhex(content)
                    h.update(mode.encode() + b' ' + path + b'\\0' + struct.pack('>Q', len(content)))
                    h.update(hashlib.sha256(content).digest())
                print('sha256:' + h.hexdigest())
            """
        var input = ""
        var expected: [String] = []
        for _ in 0..<50 {
            let paths = Set(
                (0..<Int.random(in: 1...9, using: &generator)).map { _ in
                    (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                        ["a", "B", "é", "-", "~", "日"].randomElement(using: &generator) ?? "a"
                    }.joined(separator: "/") + ".\(UInt8.random(in: 0...255, using: &generator))"
                })
            let files = paths.map { path in
                File(
                    mode: Bool.random(using: &generator) ? .regular : .executable, path: path,
                    content: generator.bytes(Int.random(in: 0...300, using: &generator)))
            }
            expected.append(try Self.digest(files).text)
            let fields = files.map { "\($0.mode.octal):\(Self.hex($0.path.utf8)):\(Self.hex($0.content))" }
            input += fields.joined(separator: " ") + "\n"
        }
        let outcome = try Tool.run("python3", ["-c", script], input: Array(input.utf8))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.split(separator: "\n").map(String.init) == expected)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test("mode, path, length and content each count")
    func sensitive() throws {
        let one = SHA256Hasher.hash(of: Array("one".utf8))
        let two = SHA256Hasher.hash(of: Array("two".utf8))
        var seen: Set<ContentDigest> = []
        for (mode, path, length, content) in [
            (FileMode.regular, "a", UInt64(3), one), (.executable, "a", 3, one), (.regular, "b", 3, one),
            (.regular, "a", 4, one),
            (.regular, "a", 3, two), (.regular, "a", 3 << 32, one),
        ] {
            let builder = ContentDigest.Builder()
            try builder.add(mode: mode, path: TreePath(path), length: length, content: content)
            seen.insert(builder.finish())
        }
        #expect(seen.count == 6)
    }

    @Test(
        "refuses files out of order and files given twice",
        arguments: [("b", "a"), ("a", "a"), ("a/b", "a-b"), ("é", "z")])
    func order(first: String, second: String) throws {
        let builder = ContentDigest.Builder()
        let content = SHA256Hasher.hash(of: [])
        try builder.add(mode: .regular, path: TreePath(first), length: 0, content: content)
        #expect(throws: AmxError.self) {
            try builder.add(mode: .regular, path: TreePath(second), length: 0, content: content)
        }
        #expect(builder.count == 1)
    }

    @Test("a builder starts over after its digest")
    func reuse() throws {
        let builder = ContentDigest.Builder()
        try builder.add(mode: .regular, path: TreePath("z"), length: 0, content: SHA256Hasher.hash(of: []))
        let first = builder.finish()
        try builder.add(mode: .regular, path: TreePath("a"), length: 0, content: SHA256Hasher.hash(of: []))
        #expect(builder.finish() != first)
        #expect(builder.finish().text == "sha256:a1904a36d634d63084db951d7ba1963afad320056ab6e9e89cd9a26d8d268e96")
    }

    @Test("reads its own text and nothing else")
    func text() throws {
        let digest = try Self.digest(Self.sample)
        #expect(ContentDigest(digest.text) == digest)
        let hex = digest.sha256.hex
        let refused: [String] = [
            "", hex, "sha256:", "sha256:\(hex.dropLast())", "sha256:\(hex)0", "SHA256:\(hex)",
            "sha256:\(hex.uppercased())", "sha1:\(hex)", "sha256: \(hex.dropLast())", "sha256:\(hex.dropLast())g",
            "sha256:\(hex.dropLast(2))é",
        ]
        for bad in refused {
            #expect(ContentDigest(bad) == nil, "\(bad)")
        }
    }
}
