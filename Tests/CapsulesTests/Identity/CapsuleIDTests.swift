import Capsules
import Objects
import TestSupport
import Testing

@Suite("Capsule ids and owners")
struct CapsuleIDTests {
    @Test(
        "accepts",
        arguments: [
            "a", "0", "customer-service", "com.example.refunds", "a-b.c-d", "a--b", "1.2.3", "kc2", "gitx", "lock-1",
            "con1", "com", "com10",
            "x.y.z", String(repeating: "a", count: 128), String(repeating: "a.", count: 63) + "a",
        ])
    func accepts(text: String) throws {
        #expect(try CapsuleID(text).string == text)
        // An id is a safe name of a directory and of a file.
        #expect(throws: Never.self) { try TreePath("\(text).kc") }
    }

    @Test(
        "refuses and says why",
        arguments: [
            ("", "empty"), (".", "empty"), ("a.", "empty"), (".a", "empty"), ("a..b", "empty"),
            ("A", "other characters"),
            ("a_b", "other characters"), ("a b", "other characters"), ("a/b", "other characters"),
            ("é", "other characters"),
            ("a\u{0}", "other characters"), ("a:b", "other characters"), ("a*", "other characters"), ("-a", "hyphen"),
            ("a-", "hyphen"),
            ("a.-b", "hyphen"), ("-", "hyphen"), ("kc", "reserved"), ("a.kc", "reserved"), ("git", "reserved"),
            ("a.git.b", "reserved"),
            ("x.lock", "reserved"), ("con", "device"), ("a.nul", "device"), ("com1.x", "device"), ("lpt0", "device"),
            ("aux", "device"),
            (String(repeating: "a", count: 129), "128 bytes"),
        ])
    func refuses(text: String, reason: String) {
        let error = #expect(throws: AmxError.self) { try CapsuleID(text) }
        #expect(error?.code == .failure)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "accepted")")
        #expect(error?.hint != nil)
    }

    @Test(
        "derives an id from a title",
        arguments: [
            ("Customer Service", "customer-service"), ("my_skill", "my-skill"), ("  --A  B!  ", "a-b"),
            ("PDF/Word tools", "pdf-word-tools"),
            ("Über", "ber"), ("", nil), ("日本", nil), ("con", nil), ("GIT", nil), ("v1.2", "v1-2"),
            (String(repeating: "x y ", count: 40), String(repeating: "x-y-", count: 15) + "x-y"),
        ] as [(String, String?)])
    func derives(text: String, id: String?) {
        #expect(CapsuleID.derived(from: text)?.string == id)
    }

    @Test("whatever is accepted is a legal ref and file name", arguments: 0..<5)
    func random(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let pieces = ["a", "b1", "-", ".", "git", "kc", "lock", "con", "com1", "A", "_", "~", "@{", "..", "/", " "]
        var accepted = 0
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? "a"
            }.joined()
            guard let id = try? CapsuleID(text) else { continue }
            accepted += 1
            #expect(throws: Never.self) { try TreePath("\(id).git") }
            #expect(!text.contains("..") && !text.hasSuffix(".lock") && !text.hasPrefix("."))
            #expect(text.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789.-".utf8.contains($0) })
        }
        #expect(accepted > 100)
    }

    @Test("owners are one label, and none of the hub's own names")
    func owners() throws {
        for name in ["acme", "a", "a-1", "api2", "health"] { #expect(try OwnerName(name).string == name) }
        for name in [
            "", "a.b", "Acme", "api", "healthz", "readyz", "metrics", "static", "mcp", "git", "con", "-a", "a/b", "é",
        ] {
            #expect(throws: AmxError.self, "\(name)") { try OwnerName(name) }
        }
        #expect(throws: AmxError.self) { try OwnerName(String(repeating: "a", count: 65)) }
        #expect(try OwnerName("a") < OwnerName("b"))
    }
}
