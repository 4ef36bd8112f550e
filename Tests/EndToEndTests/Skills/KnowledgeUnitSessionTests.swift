import Foundation
import TestSupport
import Testing

/// A folder with `content.md` and `metadata.yaml` becomes a capsule.
@Suite(.onTestThreads) struct KnowledgeUnitSessionTests {
    private static let content = "# Refunds\n\nWithin 30 days.\n"

    private func unit(checksum: String? = nil, more: String = "") throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory("amx-e2e-unit")
        let sum = try Tool.run("sha256sum", [], input: Array(Self.content.utf8)).text.prefix(64)
        try folder.write("content.md", text: Self.content)
        try folder.write(
            "metadata.yaml",
            text: """
                id: 1f0c9a52-7a3e-4a51-9d5b-2f6f5f1c1a77
                version: 1.0.0
                title: Refund rules
                description: What may be refunded.
                author: Ada Lovelace
                tags: [refunds]
                category: support
                size: \(Self.content.utf8.count)
                checksum: sha256:\(checksum ?? String(sum))
                embeddings: {model: m, dimensions: 2, file: embeddings.bin}
                \(more)
                """)
        try folder.write("embeddings.bin", [0, 0, 128, 63, 0, 0, 0, 64])
        try folder.write("relations.json", text: "{ \"x\":1 }")
        return folder
    }

    @Test func becomesACapsule() throws {
        let user = try AmxTool().workspace()
        let folder = try unit(more: "licence: MIT")
        let outcome = try user.run("import", folder.path)
        #expect(outcome.status == 0 && outcome.text == "Imported refund-rules to knowledge/capsules/refund-rules\n")
        #expect(outcome.errors.contains("metadata.yaml:11: $.licence: expected a member that Amx knows"))
        let compared = try Tool.run("diff", ["-r", folder.path, user.capsule("refund-rules")])
        #expect(compared.text == "Only in \(user.capsule("refund-rules")): manifest.json\n")
        try user.json("commit", "-m", "Import")
        try user.json("release", "refund-rules")
        #expect(try user.json("verify")["results"].array.allSatisfy { $0["ok"].bool == true })
        // A capsule's own manifest is kept when its folder is imported again.
        let other = try AmxTool().workspace()
        let made = try other.json("import", user.capsule("refund-rules"))
        #expect(made["id"].string == "refund-rules")
        #expect(made["warnings"][0]["path"].string == "$.licence" && made["warnings"][0]["line"].int == 11)
        #expect(try Tool.run("diff", ["-r", user.capsule("refund-rules"), other.capsule("refund-rules")]).text.isEmpty)
        try user.json("import", folder.path, "--id", "other.name")
        #expect(try String(contentsOfFile: "\(user.capsule("other.name"))/content.md", encoding: .utf8) == Self.content)
    }

    @Test func refusesWhatIsNotWhatItSays() throws {
        let user = try AmxTool().workspace()
        let wrong = try unit(checksum: String(repeating: "0", count: 64))
        try user.fails(5, "import", wrong.path, saying: "the checksum of content.md is sha256:")
        let short = try unit()
        try short.write("content.md", text: "x")
        try user.fails(5, "import", short.path, saying: "the size of content.md is 1 bytes")
        try FileManager.default.removeItem(atPath: "\(short.path)/content.md")
        try user.fails(1, "import", short.path, saying: "it has metadata.yaml and no content.md")
        let broken = try unit(more: "tags: again")
        try user.fails(1, "import", broken.path, saying: "metadata.yaml is not valid: line 11")
        let empty = try TemporaryDirectory("amx-e2e-unit")
        try user.fails(1, "import", empty.path, saying: "neither SKILL.md nor metadata.yaml")
        #expect(try user.json("status")["capsules"].array.isEmpty)
    }
}
