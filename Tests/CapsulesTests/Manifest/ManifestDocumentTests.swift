import Capsules
import Foundation
import Objects
import Testing
import Versions

@Suite("docs/manifest.md")
struct ManifestDocumentTests {
    /// The page, found from this file upwards.
    private static func page() throws -> String {
        var directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while directory.path != "/" {
            let file = directory.appendingPathComponent("docs/manifest.md")
            if FileManager.default.fileExists(atPath: file.path) {
                return try String(contentsOf: file, encoding: .utf8)
            }
            directory.deleteLastPathComponent()
        }
        throw CocoaError(.fileNoSuchFile)
    }

    private static func blocks(_ language: String) throws -> [String] {
        try page().components(separatedBy: "```\(language)\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
    }

    @Test("its examples are valid, and the complete one is complete")
    func examples() throws {
        let examples = try Self.blocks("json")
        #expect(examples.count == 12)
        let smallest = try Manifest.parse(Array(examples[0].utf8))
        #expect(smallest.missingForRelease.count == 15)
        let complete = try Manifest.parse(Array(examples[1].utf8))
        #expect(complete.warnings.isEmpty)
        #expect(complete.missingForRelease.isEmpty)
        #expect(complete.blocks.isEmpty)
        let constraint = #"{"id":"a","name":"A","version":"1.0.0","dependencies":{"b":\#(examples[2])}}"#
        #expect(try Manifest.parse(Array(constraint.utf8)).dependencies[0].constraint.prerelease)
    }

    @Test("the examples of blocks are valid, and show each of them")
    func blockExamples() throws {
        var shown: Set<String> = []
        for example in try Self.blocks("json").dropFirst(3) {
            let members = try #require(try JSONParser.parse(example).object)
            shown.formUnion(members.keys)
            let all = JSONObject(
                [("id", "a"), ("name", "A"), ("version", "1.0.0")] + members.members.map { ($0.key, $0.value) })
            let manifest = try Manifest.parse(JSONWriter.bytes(.object(all)))
            #expect(manifest.warnings.isEmpty, "\(manifest.warnings)")
            #expect(manifest.blocks.isEmpty)
        }
        #expect(
            shown == [
                "securityLevel", "capabilities", "sandbox", "runtime", "components", "mcpServers", "tools", "env",
                "skills",
                "contextFiles", "commands",
            ])
    }

    @Test("the tables name every member of the blocks, and the warning of an unknown one does too")
    func blockMembers() throws {
        let page = try Self.page()
        for block in ["capabilities", "sandbox", "runtime"] {
            let manifest = try Manifest.parse(
                Array("{\"id\":\"a\",\"name\":\"A\",\"version\":\"1.0.0\",\"\(block)\":{\"?\":1}}".utf8))
            let expected = try #require(manifest.warnings.first?.expected)
            for name in expected.dropFirst("one of ".count).split(separator: ", ") {
                #expect(page.contains("`\(name)`") || page.contains("`\(name)."), "\(name)")
            }
        }
    }

    @Test("it names every member and marks those that a release wants")
    func members() throws {
        let page = try Self.page()
        let complete = try #require(try JSONParser.parse(try Self.blocks("json")[1]).object)
        let template = Manifest.template(id: try CapsuleID("a"), name: "A", author: Developer(name: "B"))
        for key in complete.keys + (template.object?.keys ?? []) {
            #expect(page.contains("`\(key)`"), "\(key)")
            #expect(complete[key] != nil, "\(key)")
        }
        let smallest = try Manifest.parse(Array(#"{"id":"a","name":"A","version":"1.0.0"}"#.utf8))
        for key in smallest.missingForRelease {
            #expect(
                page.split(separator: "\n").contains { $0.contains("`\(key)`") && $0.contains("*release*") }, "\(key)")
        }
    }

    @Test("members that it calls known give no warning and are kept")
    func known() throws {
        let page = try Self.page()
        let section = try #require(
            page.components(separatedBy: "## Further members\n\n").last?.components(separatedBy: "\n\n")[0])
        let names = section.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        #expect(names.count == 12)
        let members = names.map { "\"\($0)\":[{\"kept\":1.50}]" }.joined(separator: ",")
        let manifest = try Manifest.parse(Array(#"{"id":"a","name":"A","version":"1.0.0",\#(members)}"#.utf8))
        #expect(manifest.warnings.isEmpty)
        #expect(manifest.blocks.keys == names)
    }

    @Test("the error that it shows is the error that is thrown")
    func error() throws {
        let text = """
            {
              "id": "a", "name": "A", "version": "1.0.0",
              "resources": {
                "memory": {
                  "min": "2GB",
                  "max": "1GB"
                }
              },
              "tags": [1, 2]
            }
            """
        let error = try #require(
            #expect(throws: AmxError.self) {
                try Manifest.parse(Array(text.utf8), file: "customer-service/manifest.json")
            })
        let shown = try #require(try Self.blocks("text").first)
        #expect(shown == "error: \(error.message)\nhint: \(error.hint ?? "")")
    }
}
