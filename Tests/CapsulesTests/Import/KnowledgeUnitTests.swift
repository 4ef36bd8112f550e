import Capsules
import Objects
import TestSupport
import Testing
import Versions

@Suite("Knowledge units' metadata")
struct KnowledgeUnitTests {
    private static let uuid = "1f0c9a52-7a3e-4a51-9d5b-2f6f5f1c1a77"
    private static let content = "# Refunds\n\nWithin 30 days.\n"

    private static func read(
        _ text: String, files: [String] = ["content.md", "metadata.yaml"]
    ) throws -> (unit: KnowledgeUnit, warnings: [ManifestDiagnostic]) {
        let paths = try files.map { try TreePath($0) }
        return try KnowledgeUnit.read(Array(text.utf8), file: "u/metadata.yaml", among: Set(paths))
    }

    /// The metadata with a title and an id, and more lines.
    private static func metadata(_ lines: String...) -> String {
        (["id: \(uuid)", "title: Refund rules"] + lines).joined(separator: "\n") + "\n"
    }

    @Test("reads all keys")
    func complete() throws {
        let sum = try Tool.run("sha256sum", [], input: Array(Self.content.utf8)).text.prefix(64)
        let (unit, warnings) = try Self.read(
            """
            id: \(Self.uuid)
            version: "1.2.0"
            title: Refund Rules!
            description: |
              What may be
              refunded.
            author: Ada Lovelace
            created: 2025-01-31T12:00:00Z
            modified: 2025-02-01T08:30:00.250Z
            tags: [refunds, support]
            category: customer-service
            access_level: public
            content_type: markdown
            language: en
            size: \(Self.content.utf8.count)
            checksum: sha256:\(sum)
            relations:
              - {type: references, target: 0b1f7c1e-5f6a-4b0e-8a53-4f9d0c1e2d3f}
              - type: contains
                target: shipping
            embeddings:
              model: all-MiniLM-L6-v2
              dimensions: 384
              file: embeddings.bin
            """, files: ["content.md", "embeddings.bin", "metadata.yaml", "relations.json"])
        #expect(warnings.isEmpty)
        try unit.verify(Array(Self.content.utf8), in: "u")
        let id = try unit.capsuleID(folder: Self.uuid)
        #expect(id.string == "refund-rules")
        let manifest = try Manifest.parse(JSONWriter.bytes(unit.manifest(id: id), .pretty))
        #expect(manifest.warnings.isEmpty)
        #expect(manifest.name == "Refund Rules!" && manifest.version.text == "1.2.0")
        #expect(manifest.description == "What may be\nrefunded.")
        #expect(manifest.author?.name == "Ada Lovelace")
        #expect(manifest.tags == ["refunds", "support"] && manifest.category == "customer-service")
        #expect(manifest.documentation == "content.md")
        #expect(manifest.knowledgeAssets.dimensions(of: try TreePath("embeddings.bin")) == 384)
        #expect(
            manifest.blocks["knowledgeUnit"] == [
                "file": "content.md", "id": .string(Self.uuid), "contentType": "markdown", "language": "en",
                "accessLevel": "public", "created": "2025-01-31T12:00:00Z", "modified": "2025-02-01T08:30:00.250Z",
                "relations": [
                    ["type": "references", "target": "0b1f7c1e-5f6a-4b0e-8a53-4f9d0c1e2d3f"],
                    ["type": "contains", "target": "shipping"],
                ],
                "embeddings": ["model": "all-MiniLM-L6-v2", "dimensions": 384, "file": "embeddings.bin"],
            ])
    }

    @Test("what is missing or empty is left out, and a given author steps in")
    func minimal() throws {
        let (unit, warnings) = try Self.read(Self.metadata("author:", "tags: []", "category: ''", "description: ~x"))
        #expect(warnings.isEmpty)
        let value = unit.manifest(id: try CapsuleID("a"), author: Developer(name: "Grace"))
        #expect(
            value.object?.keys == [
                "id", "name", "version", "description", "author", "documentation", "knowledgeUnit",
            ])
        let manifest = try Manifest.parse(JSONWriter.bytes(value))
        #expect(manifest.version.text == "0.1.0" && manifest.author?.name == "Grace")
        #expect(unit.size == nil && unit.checksum == nil)
        try unit.verify([], in: "u")
    }

    @Test(
        "refuses with place, expectation and advice",
        arguments: [
            ("", "line 1, column 1: $: expected an object"),
            ("- a\n", "line 1, column 1: $: expected an object"),
            ("title: a\n", "$.id: expected a UUID, found nothing"),
            ("id: \(uuid)\n", "$.title: expected a title, found nothing"),
            ("id: \(uuid)\ntitle: ''\n", "$.title: expected a title, found nothing"),
            ("id: Not One\ntitle: a\n", "line 1, column 1: $.id: expected a UUID or a capsule id, found \"Not One\""),
            (metadata("title: b"), "line 3, column 1: $: expected valid YAML, found a key stands twice"),
            (metadata("tags: &t [a]"), "line 3, column 1: $: expected valid YAML, found it has an anchor"),
            (metadata("tags: [a"), "expected valid YAML"),
            (metadata("tags: a"), "line 3, column 1: $.tags: expected an array of strings, found \"a\""),
            (metadata("tags: [a, []]"), "$.tags[1]: expected a string, found an array"),
            (metadata("category: [x]"), "line 3, column 1: $.category: expected a string, found an array"),
            (metadata("version: 1.0"), "line 3, column 1: $.version: expected a version"),
            (metadata("version: 1.0.0-x.lock"), "$.version: expected a version that git takes"),
            (metadata("size: many"), "line 3, column 1: $.size: expected a whole number, found \"many\""),
            (metadata("size: -1"), "$.size: expected a whole number"),
            (metadata("checksum: md5:abc"), "$.checksum: expected sha256: and 64 hexadecimal digits"),
            (metadata("checksum: sha256:abc"), "$.checksum: expected sha256: and 64 hexadecimal digits"),
            (metadata("relations: x"), "$.relations: expected an array of relations, found \"x\""),
            (metadata("relations:", "- a"), "line 4, column 1: $.relations[0]: expected an object, found \"a\""),
            (metadata("relations:", "- type: contains"), "$.relations[0].target: expected a unit's id, found nothing"),
            (metadata("relations:", "- target: a"), "$.relations[0].type: expected a type, found nothing"),
            (metadata("embeddings: x"), "$.embeddings: expected an object, found \"x\""),
            (
                metadata("embeddings:", "  dimensions: 0"),
                "line 4, column 1: $.embeddings.dimensions: expected a whole number from 1 to"
            ),
            (metadata("author: {email: a@b}"), "$.author.name: expected the author's name, found nothing"),
            (metadata("category: \"a\\eb\""), "$.category: expected text without control characters"),
        ])
    func refuses(text: String, reason: String) {
        let error = #expect(throws: AmxError.self) { try Self.read(text) }
        #expect(error?.code == .failure)
        #expect(error?.message.hasPrefix("u/metadata.yaml is ") == true)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "accepted")")
        #expect(error?.hint != nil)
    }

    @Test("refuses more bytes than the limit, which it names")
    func long() {
        let error = #expect(throws: AmxError.self) {
            try Self.read(Self.metadata("x: " + String(repeating: "y", count: 270_000)))
        }
        #expect(error?.message.contains("the limit 'metadata bytes' is 262144") == true)
    }

    @Test(
        "warns, with the line",
        arguments: [
            ("licence: MIT", "$.licence: expected a member that Amx knows, found \"licence\""),
            ("created: yesterday", "$.created: expected a time in UTC by ISO 8601, found \"yesterday\""),
            ("modified: 2025-01-31T12:00:00+01:00", "$.modified: expected a time in UTC"),
            ("modified: 2025-01-31T12:00:00.Z", "$.modified: expected a time in UTC"),
            ("content_type: html", "$.content_type: expected markdown, found \"html\""),
            ("relations: [{type: likes, target: a}]", "$.relations[0].type: expected one of contains, references"),
            ("embeddings: {file: lost.bin}", "$.embeddings.file: expected a file of the folder, found \"lost.bin\""),
            ("embeddings: {file: ../x}", "$.embeddings.file: expected a file of the folder, found \"../x\""),
        ])
    func warns(line: String, expected: String) throws {
        let (unit, warnings) = try Self.read(Self.metadata(line))
        #expect(warnings.count == 1)
        #expect(warnings.first?.summary.hasPrefix(expected) == true, "\(warnings)")
        #expect(warnings.first?.line == 3 && warnings.first?.advice.isEmpty == false)
        let manifest = try Manifest.parse(JSONWriter.bytes(unit.manifest(id: CapsuleID("a"))))
        #expect(manifest.warnings.isEmpty && manifest.knowledgeAssets[.embeddings].isEmpty)
    }

    @Test("embeddings are found without being named")
    func embeddings() throws {
        let (unit, warnings) = try Self.read(
            Self.metadata("embeddings: {dimensions: 3}"), files: ["content.md", "embeddings.bin"])
        #expect(warnings.isEmpty)
        let manifest = try Manifest.parse(JSONWriter.bytes(unit.manifest(id: CapsuleID("a"))))
        #expect(manifest.knowledgeAssets.dimensions(of: try TreePath("embeddings.bin")) == 3)
    }

    @Test(
        "content that is not what the metadata says fails verification",
        arguments: [
            ("size: 3", "the size of content.md is 4 bytes, and metadata.yaml says 3"),
            ("checksum: sha256:\(String(repeating: "0", count: 64))", "the checksum of content.md is sha256:"),
        ])
    func verification(line: String, reason: String) throws {
        let unit = try Self.read(Self.metadata(line)).unit
        let error = #expect(throws: AmxError.self) { try unit.verify(Array("abc\n".utf8), in: "u") }
        #expect(error?.code == .verification && error?.hint != nil)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "accepted")")
    }

    @Test("a checksum is read in either case")
    func upperCase() throws {
        let sum = try Tool.run("sha256sum", [], input: Array("abc\n".utf8)).text.prefix(64).uppercased()
        try Self.read(Self.metadata("checksum: sha256:\(sum)")).unit.verify(Array("abc\n".utf8), in: "u")
    }

    @Test(
        "ids come from the metadata, the title, the folder, the UUID",
        arguments: [
            (uuid, "Refund Rules", "x", "refund-rules"), ("acme.refunds", "Refund Rules", "x", "acme.refunds"),
            (uuid, "日本", "My Folder", "my-folder"), (uuid, "日本", "…", uuid), (uuid.uppercased(), "con", "…", uuid),
        ])
    func ids(id: String, title: String, folder: String, expected: String) throws {
        let unit = try Self.read("id: \(id)\ntitle: \(title)\n").unit
        #expect(try unit.capsuleID(folder: folder).string == expected)
    }

    @Test("random metadata never crashes, and what is accepted makes a valid manifest", arguments: 0..<5)
    func random(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let pieces = [
            "tags: ", "[a, b]", "\n", "  ", "- ", "{", "}", ": ", "relations: ", "type: contains", "target: x", "'",
            "|",
            "embeddings: ", "dimensions: 384", "size: 1", "é", "author: ", "name: ", "created: ", "\u{0}", "---\n",
        ]
        var outcomes: Set<Bool> = []
        for _ in 0..<400 {
            let lines = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            guard let unit = try? Self.read(Self.metadata(lines)).unit else {
                outcomes.insert(false)
                continue
            }
            outcomes.insert(true)
            #expect(throws: Never.self) { try Manifest.parse(JSONWriter.bytes(unit.manifest(id: CapsuleID("a")))) }
        }
        #expect(outcomes.count == 2)
    }
}
