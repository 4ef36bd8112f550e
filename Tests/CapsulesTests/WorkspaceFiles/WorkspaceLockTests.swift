import Capsules
import Objects
import TestSupport
import Testing
import Versions

/// `amx.lock`: canonical writing, strict reading.
@Suite struct WorkspaceLockTests {
    static let commit = String(repeating: "1a", count: 20)
    static let digest = "sha256:" + String(repeating: "0b", count: 32)
    static let entry = """
        {"branch": "main", "commit": "\(commit)", "digest": "\(digest)", "id": "a", "requestedBy": ["workspace"],
         "source": "workspace", "tree": "\(commit)", "version": "1.0.0"}
        """

    private func parse(_ text: String) throws -> WorkspaceLock { try WorkspaceLock.parse(Array(text.utf8)) }

    @Test func writesSortedAndReadsBack() throws {
        let oid = try #require(ObjectID(hex: Self.commit))
        let digest = try #require(ContentDigest(Self.digest))
        var generator = SeededGenerator(seed: 5)
        let ids = ["b", "a.b", "a", "a-b", "c"]
        let entries = try ids.map { id in
            LockedCapsule(
                id: try CapsuleID(id), lane: id == "c" ? "next" : nil, version: SemanticVersion(1, 2, 3),
                line: id == "b" ? .tag("v1.2.3") : .branch("feature/x"), commit: oid, tree: oid, digest: digest,
                source: id == "a" ? .workspace : .address("https://hub.example/acme"),
                requestedBy: ["workspace", "a"])
        }
        let bytes = WorkspaceLock(entries).encoded
        for _ in 0..<10 { #expect(WorkspaceLock(entries.shuffled(using: &generator)).encoded == bytes) }
        let lock = try WorkspaceLock.parse(bytes)
        #expect(lock == WorkspaceLock(entries) && lock.encoded == bytes)
        #expect(lock.capsules.map(\.id.string) == ["a", "a-b", "a.b", "b", "c"])
        #expect(lock[try CapsuleID("a.b")]?.line == .branch("feature/x"))
        #expect(try lock[CapsuleID("c")] == nil)
        #expect(try lock[CapsuleID("d")] == nil)
        #expect(lock.capsules[0].requestedBy == ["a", "workspace"])
    }

    @Test func oneEntryAsItIsWritten() throws {
        let text = String(decoding: try parse("{\"schema\": 1, \"capsules\": [\(Self.entry)]}").encoded, as: UTF8.self)
        #expect(
            text == """
                {
                  "capsules": [
                    {
                      "branch": "main",
                      "commit": "\(Self.commit)",
                      "digest": "\(Self.digest)",
                      "id": "a",
                      "requestedBy": [
                        "workspace"
                      ],
                      "source": "workspace",
                      "tree": "\(Self.commit)",
                      "version": "1.0.0"
                    }
                  ],
                  "schema": 1
                }

                """)
    }

    @Test(arguments: [
        ("{}", "$.schema"), ("{\"schema\": 2, \"capsules\": []}", "$.schema"),
        ("{\"schema\": \"1\", \"capsules\": []}", "$.schema"), ("{\"schema\": 1}", "$.capsules"),
        ("{\"schema\": 1, \"capsules\": {}}", "$.capsules"), ("{\"schema\": 1, \"capsules\": [1]}", "$.capsules[0]"),
        ("{\"schema\": 1, \"capsules\": [\(entry), \(entry)]}", "$.capsules[1]"),
    ])
    func refusesDocuments(text: String, path: String) throws {
        let error = try #require(throws: AmxError.self) { try parse(text) }
        #expect(error.manifestDiagnostics.first { $0.severity == .error }?.path == path, "\(error)")
    }

    @Test(arguments: [
        ("\"id\": \"a\"", "\"id\": \"A\"", "id"), ("\"id\": \"a\",", "", "id"),
        ("\"1.0.0\"", "\"1.0\"", "version"), ("\"main\"", "\"ma in\"", "branch"), ("\"branch\"", "\"tag\"", "tag"),
        ("\"branch\": \"main\"", "\"tag\": \"v1.0.1\"", "tag"),
        ("\"branch\": \"main\"", "\"tag\": \"v1.0.0+x\"", "tag"),
        ("\"branch\": \"main\", ", "", nil), ("\"branch\"", "\"tag\": \"v1.0.0\", \"branch\"", nil),
        ("\"commit\": \"1a", "\"commit\": \"1A", "commit"), ("\"commit\": \"1a", "\"commit\": \"", "commit"),
        ("\"tree\": \"1a", "\"tree\": \"xx", "tree"), ("sha256:0b", "sha1:0b", "digest"),
        ("[\"workspace\"]", "\"workspace\"", "requestedBy"),
        ("\"source\": \"workspace\"", "\"source\": \"\"", "source"),
    ])
    func refusesEntries(part: String, other: String, key: String?) throws {
        let range = try #require(Self.entry.firstRange(of: part))
        let text = "{\"schema\": 1, \"capsules\": [\(Self.entry.replacingCharacters(in: range, with: other))]}"
        let error = try #require(throws: AmxError.self) { try parse(text) }
        let path = "$.capsules[0]" + (key.map { ".\($0)" } ?? "")
        #expect(error.manifestDiagnostics.contains { $0.severity == .error && $0.path == path }, "\(error)")
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with other: String) -> String {
        var copy = self
        copy.replaceSubrange(range, with: other)
        return copy
    }
}
