import Objects
import TestSupport
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    @Test(
        "standard vectors",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func vectors(text: String, hex: String) {
        let digest = SHA256Hasher.hash(of: Array(text.utf8))
        #expect(digest.hex == hex)
        #expect(SHA256Digest(hex: hex) == digest)
        #expect(SHA256Digest(bytes: digest.bytes) == digest)
    }

    @Test("pieces give what the whole gives", arguments: 0..<10)
    func pieces(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let bytes = generator.bytes(5000)
        let hasher = SHA256Hasher()
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...200, using: &generator)
            hasher.update(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(hasher.finish() == SHA256Hasher.hash(of: bytes))
        #expect(hasher.finish() == SHA256Hasher.hash(of: []))
    }

    @Test("refuses other lengths and digits")
    func invalid() {
        #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
        #expect(SHA256Digest(hex: String(repeating: "A", count: 64)) == nil)
        #expect(SHA256Digest(hex: String(repeating: "0", count: 63) + "é") == nil)
    }
}
