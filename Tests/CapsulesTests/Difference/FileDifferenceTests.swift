import Capsules
import Objects
import Testing

@Suite("Differences: files")
struct FileDifferenceTests {
    @Test(
        "tells types and scopes by the manifest, by place and by name",
        arguments: [
            ("manifest.json", .configuration, .global), ("hooks/run", .code, .function),
            ("src/handler.txt", .code, .function),
            ("special/a.dat", .schema, .data), ("special/r/1", .knowledge, .config), ("vectors/v", .embedding, .data),
            ("package.json", .dependency, .module), ("a.f32", .embedding, .data), ("b/a.npy", .embedding, .data),
            ("knowledge/embeddings/x.jsonl", .embedding, .data), ("knowledge/schemas/t.json", .schema, .data),
            ("x/ticket.schema.json", .schema, .data), ("README.md", .knowledge, .metadata),
            ("CHANGELOG", .knowledge, .metadata), ("docs/README.md", .knowledge, .data), ("lib/a.py", .code, .module),
            ("src/data", .code, .module), ("knowledge/rules/a.json", .knowledge, .config),
            ("knowledge/products.csv", .knowledge, .data), ("settings.yaml", .configuration, .config),
            (".amxignore", .configuration, .config), ("data/a.csv", .data, .data), ("noending", .data, .data),
        ] as [(String, ChangeType, ChangeScope)])
    func classes(path: String, type: ChangeType, scope: ChangeScope) throws {
        let manifest = """
            {"id": "a", "name": "A", "version": "1.0.0", "hooks": {"postInstall": "hooks/run"},
             "endpoints": [{"path": "/a", "method": "GET", "handler": "src/handler.txt"}],
             "knowledgeAssets": {"schemas": ["special/a.dat"], "rules": ["special/**"], "embeddings": ["vectors/*"]}}
            """
        var texts = ["manifest.json": manifest]
        let old = try MemoryContent(texts: path == Manifest.fileName ? [:] : texts)
        if path != Manifest.fileName { texts[path] = "x" }
        let new = try MemoryContent(texts: texts)
        let file = try #require(try old.difference(to: new).files.first)
        #expect(file.type == type)
        #expect(file.scope == scope)
    }

    private static func form(_ path: String, _ old: String, _ new: String) throws -> (String, String?) {
        let manifest = """
            {"id": "a", "name": "A", "version": "1.0.0",
             "knowledgeAssets": {"embeddings": [{"path": "*.f32", "dimensions": 1}]}}
            """
        let (left, right) = (
            try MemoryContent(texts: ["manifest.json": manifest, path: old]),
            try MemoryContent(texts: ["manifest.json": manifest, path: new])
        )
        let difference = try left.difference(to: right)
        let detail = try difference.detail(of: try #require(difference.files.first))
        let form =
            switch detail.form {
            case .same: "same"
            case .values(let values): "\(values.count) values"
            case .rows(let rows): "\(rows.changed.count) rows"
            case .rowCount(let count, _): "\(count) rows in all"
            case .lines(let lines): "+\(lines.insertions) -\(lines.deletions)"
            case .binary: "binary"
            }
        return (form, detail.note)
    }

    @Test(
        "compares each file in its own terms, or says why not",
        arguments: [
            ("a.json", "{\"a\":1}", "{\"a\": 2}", "1 values", nil),
            ("a.json", "{\"a\":1}", "{ \"a\": 1 }\n", "0 values", nil),
            ("a.json", "{", "{}", "+1 -1", "not compared by values: it is not valid JSON"),
            ("a.json", "{\"a\":1,\"a\":1}", "{}", "+1 -1", "not compared by values: it is not valid JSON"),
            ("a.yaml", "a: 1\n", "a: 2\nb: 3\n", "2 values", nil),
            // The quotes mean another type.
            ("a.yml", "a: 1\n", "a: \"1\"\n", "+1 -1", nil),
            (
                "a.yml", "a: &x 1\n", "a: 1\n", "+1 -1",
                "not compared by values: it is not valid YAML, or more than data"
            ),
            ("a.f32", "aaaa", "aaab", "0 rows", nil),
            ("a.f32", "aaaa", "aaa", "+1 -1", "not compared by rows: 3 bytes are not whole rows of 1 numbers"),
            ("b/a.f32", "aaa\0", "aaab", "binary", "not compared by rows: the manifest declares no dimensions for it"),
            ("a.jsonl", "1\n2\n", "1\n3\n", "1 rows", nil),
            (
                "a.jsonl", "1\n{\n", "1\n", "+0 -1",
                "not compared by rows: line 2 is not valid JSON: the text ends in the middle"
            ),
            ("a.md", "x\n", "y\n", "+1 -1", nil), ("a.bin", "\0", "\u{1}\0", "binary", nil),
        ] as [(String, String, String, String, String?)])
    func forms(path: String, old: String, new: String, form: String, note: String?) throws {
        let found = try Self.form(path, old, new)
        #expect(found.0 == form)
        #expect(found.1 == note)
    }

    @Test("reads only what differs")
    func readsLittle() throws {
        let files = Dictionary(uniqueKeysWithValues: (0..<5_000).map { ("data/\($0).txt", "text \($0)") })
        let manifest = ["manifest.json": #"{"id":"a","name":"A","version":"1.0.0"}"#]
        let old = try MemoryContent(texts: files.merging(manifest) { $1 })
        let new = try MemoryContent(texts: files.merging(manifest) { $1 }.merging(["data/7.txt": "anew"]) { $1 })
        let difference = try old.difference(to: new)
        for file in difference.files { _ = try difference.detail(of: file) }
        #expect(difference.files.count == 1)
        // The manifest and the file, on either side.
        #expect(old.reads == 2 && new.reads == 2)
    }

    @Test("says what cannot be had again, and the checksums")
    func reversible() throws {
        let old = try MemoryContent(["a": [1], "b": [2]], keeps: false)
        let new = try MemoryContent(["a": [3], "c": [4, 5]], keeps: false)
        let difference = try old.difference(to: new)
        #expect(difference.files.map(\.isReversible) == [false, false, true])
        let detail = try difference.detail(of: difference.files[0])
        #expect(detail.oldDigest == SHA256Hasher.hash(of: [1]) && detail.newDigest == SHA256Hasher.hash(of: [3]))
    }
}
