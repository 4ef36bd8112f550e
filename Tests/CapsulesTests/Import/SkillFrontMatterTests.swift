import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions

@Suite("Skills' front matter")
struct SkillFrontMatterTests {
    private static func skill(_ block: String) -> [UInt8] { Array("---\n\(block)\n---\n# Title\n".utf8) }

    @Test("reads all fields")
    func complete() throws {
        let skill = try SkillFrontMatter(
            Self.skill(
                """
                name: pdf-tools
                description: >
                  Works with PDF files: fill, split
                  and merge.
                license: "MIT"
                compatibility: needs python3
                allowed-tools: Read Bash(git:*)
                metadata:
                  author: Example Org
                  version: "1.2.0"
                  tags: pdf, office
                  nested: [a]
                """))
        #expect(skill.name == "pdf-tools")
        #expect(skill.description == "Works with PDF files: fill, split and merge.")
        #expect(skill.license == "MIT")
        #expect(skill.compatibility == "needs python3")
        #expect(skill.allowedTools == "Read Bash(git:*)")
        #expect(skill.metadata.map(\.key) == ["author", "version", "tags"])
        let id = try skill.capsuleID(folder: "x")
        let manifest = try Manifest.parse(JSONWriter.bytes(skill.manifest(id: id), .pretty))
        #expect(manifest.id.string == "pdf-tools")
        #expect(manifest.version.text == "1.2.0")
        #expect(manifest.author?.name == "Example Org")
        #expect(manifest.tags == ["pdf", "office"])
        #expect(manifest.warnings.isEmpty)
        #expect(
            manifest.document["skills"] == [
                [
                    "name": "pdf-tools", "file": "SKILL.md", "compatibility": "needs python3",
                    "allowedTools": "Read Bash(git:*)",
                ]
            ])
    }

    @Test("what is missing is left out, and a given author steps in")
    func minimal() throws {
        let skill = try SkillFrontMatter(Self.skill("name: a\r\ndescription: 'b: c'\r"))
        let value = skill.manifest(id: try CapsuleID("a"), author: Developer(name: "Ada"))
        #expect(value.object?.keys == ["id", "name", "version", "description", "author", "skills"])
        let manifest = try Manifest.parse(JSONWriter.bytes(value))
        #expect(manifest.version.text == "0.1.0")
        #expect(manifest.description == "b: c")
        #expect(manifest.author?.name == "Ada")
    }

    @Test(
        "refuses with the reason",
        arguments: [
            ("", "no front matter"), ("# Title\n", "no front matter"), ("--- x\nname: a\n---\n", "no front matter"),
            ("---\nname: a\n", "no end"), ("---\nname: a\n----\n", "no end"), ("---\n---\n", "not a list of keys"),
            ("---\n- a\n---\n", "not a list of keys"), ("---\ndescription: a\n---\n", "no name"),
            ("---\nname: ''\n---\n", "no name"),
            ("---\nname: [[a]]\n---\n", "'name' is not a text"), ("---\nname: {a: b}\n---\n", "'name' is not a text"),
            ("---\nname: a\nmetadata: x\n---\n", "'metadata' is not a list"),
            ("---\nname: a\nname: b\n---\n", "stands twice"),
            ("---\nname: a\n\tb: c\n---\n", "line"), ("---\nname: 'a\n---\n", "line"),
            ("---\nname: @a\n---\n", "line 2"),
            ("---\na: &x [1]\nname: *x\n---\n", "anchors and aliases"),
            ("---\nname: a\nx: &b [*c,*c]\n---\n", "anchors and aliases"),
            ("---\nname: a\nx: " + String(repeating: "[", count: 300) + "\n---\n", "nests too deep"),
            ("---\nname: a\n" + String(repeating: "- ", count: 40) + "x\n---\n", "nests too deep"),
            ("---\nname: a\nx: " + String(repeating: "y", count: 20_000) + "\n---\n", "more than 16384 bytes"),
        ])
    func refuses(text: String, reason: String) {
        let error = #expect(throws: AmxError.self) { try SkillFrontMatter(Array(text.utf8), file: "s/SKILL.md") }
        #expect(error?.message.hasPrefix("s/SKILL.md cannot be imported: ") == true)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "accepted")")
        #expect(error?.hint != nil)
    }

    @Test("an expanding document is refused before it is read")
    func bomb() {
        var block = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        for level in 1..<12 {
            block +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        let time = ProcessorTime.of {
            #expect(throws: AmxError.self) { try SkillFrontMatter(Self.skill(block + "name: a")) }
        }
        #expect(time < .seconds(2))
    }

    @Test("text with stars or ampersands is fine", arguments: ["R&D *and* more", "a & b", "\"*x*\"", "use *.md files"])
    func plain(description: String) throws {
        #expect(throws: Never.self) { try SkillFrontMatter(Self.skill("name: a\ndescription: \(description)")) }
    }

    @Test(
        "ids come from the name, else from the folder",
        arguments: [
            ("pdf-tools", "x", "pdf-tools"), ("PDF Tools!", "x", "pdf-tools"), ("日本", "My Folder", "my-folder"),
            ("con", "b", "b"),
        ])
    func ids(name: String, folder: String, id: String) throws {
        #expect(try SkillFrontMatter(Self.skill("name: '\(name)'")).capsuleID(folder: folder).string == id)
    }

    @Test("a name that gives no id asks for one")
    func noID() throws {
        let skill = try SkillFrontMatter(Self.skill("name: 日本"))
        let error = #expect(throws: AmxError.self) { try skill.capsuleID(folder: "…") }
        #expect(error?.hint?.contains("--id") == true)
    }

    @Test("texts that a manifest does not take are made fit")
    func cleaning() throws {
        let long = String(repeating: "ü", count: 300)
        let skill = try SkillFrontMatter(
            Self.skill(
                #"name: "a\eb \#(long)"\#ndescription: "x\0y\nz"\#nlicense: "l1\nl2"\#nmetadata: {version: 1.0.0-x.lock, author: ""}"#
                    .replacing(#"\#n"#, with: "\n")))
        let manifest = try Manifest.parse(JSONWriter.bytes(skill.manifest(id: CapsuleID("a"))))
        #expect(manifest.description == "xy\nz")
        #expect(manifest.license == "l1 l2")
        #expect(manifest.version.text == "0.1.0")
        #expect(manifest.name.utf8.count <= 256 && manifest.name.hasPrefix("ab ü"))
        #expect(manifest.author == nil)
    }

    @Test("random bytes in front matter never crash", arguments: 0..<5)
    func random(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let pieces = [
            "name: a", "\n", "  ", "- ", "[", "]", "{", "}", ": ", "&a ", "*a", "'", "\"", "|", ">", "#", "!!x ", "%",
            "?", "\u{0}", "é", "---",
        ]
        var outcomes: Set<Bool> = []
        for _ in 0..<400 {
            let block = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            guard let skill = try? SkillFrontMatter(Self.skill("name: n\n" + block)) else {
                outcomes.insert(false)
                continue
            }
            outcomes.insert(true)
            #expect(throws: Never.self) { try Manifest.parse(JSONWriter.bytes(skill.manifest(id: CapsuleID("a")))) }
        }
        #expect(outcomes.count == 2)
    }

    /// The real skills beside a checkout, or none where the folder is absent.
    static let realSkills: [String] = {
        var directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        var folders = [ProcessInfo.processInfo.environment["AMX_SHARED"]].compactMap { $0 }
        while directory.path != "/" {
            folders.append(directory.appendingPathComponent("shared").path)
            directory.deleteLastPathComponent()
        }
        for folder in folders {
            let skills = folder + "/real/skills"
            if let names = try? FileManager.default.contentsOfDirectory(atPath: skills) {
                return names.map { "\(skills)/\($0)" }
            }
        }
        return []
    }()

    @Test(
        "real skills become valid manifests", .enabled(if: !realSkills.isEmpty, "no shared data here"),
        arguments: realSkills)
    func real(folder: String) throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/SKILL.md")))
        let skill = try SkillFrontMatter(bytes)
        let name = (folder as NSString).lastPathComponent
        #expect(try skill.capsuleID(folder: name).string == name)
        let manifest = try Manifest.parse(JSONWriter.bytes(skill.manifest(id: CapsuleID(name)), .pretty))
        #expect(manifest.name == name)
        #expect(manifest.description.count > 40)
        #expect(manifest.license.contains("LICENSE.txt"))
        #expect(manifest.warnings.isEmpty)
    }
}
