import Capsules
import Objects
import Testing

/// A workspace's files together: volumes and libraries against `amx.json` and `amx.lock`.
@Suite struct WorkspaceDocumentsTests {
    private static let manifest =
        "{\"name\": \"team\", \"develops\": [\"a\"], \"dependencies\": {\"later\": \"^1.0.0\"}}"
    private static let lock = "{\"schema\": 1, \"capsules\": [\(WorkspaceLockTests.entry)]}"

    private func documents(
        _ more: [String: String], name: String? = "team", without: String? = nil
    ) throws -> WorkspaceDocuments {
        var files = ["amx.json": Self.manifest, "amx.lock": Self.lock].merging(more) { $1 }
        if let without { files[without] = nil }
        let paths = try files.keys.map { try TreePath($0) }.sorted()
        return try WorkspaceDocuments(of: paths, named: name.map { try CapsuleID($0) }) { path throws(AmxError) in
            Array((files[path.string] ?? "").utf8)
        }
    }

    private func volume(_ capsules: String, _ structure: String = "") -> String {
        "id: book\nversion: 1.0.0\ntitle: The book\ncapsules:\n\(capsules)\(structure)"
    }

    @Test(arguments: [
        ("  - {id: a, version: 1.0.0, weight: 0.5}\n", "structure:\n  - chapter: One\n    capsules: [a]\n", [String]()),
        ("  - {id: a, version: ^1.0.0}\n", "author: Ada\ncreated: 2026-01-01\nmetadata:\n  category: x\n", []),
        ("  - {id: later, version: 1.0.0}\n", "", ["$.capsules[0].version"]),
        ("  - {id: nowhere, version: 1.0.0}\n", "", ["$.capsules[0].version"]),
        ("  - {id: a, version: 1.0.0}\n", "colour: red\n", ["$.colour"]),
    ])
    func takesVolumes(capsules: String, structure: String, warnings: [String]) throws {
        let found = try documents(["knowledge/volumes/book/manifest.yaml": volume(capsules, structure)])
        #expect(found.warnings.map(\.path) == warnings)
    }

    @Test(arguments: [
        ("  - {id: a, version: 2.0.0}\n", "", "$.capsules[0].version", 5),
        (
            "  - {id: a, version: 1.0.0}\n", "structure:\n  - chapter: One\n    capsules:\n      - a\n      - intro\n",
            "$.structure[0].capsules[1]", 10
        ),
        ("  - {id: a, version: 1.0.0}\n  - {id: a, version: 1.0.0}\n", "", "$.capsules[1]", 6),
        ("  - {id: a}\n", "", "$.capsules[0].version", 5), ("  - {id: A, version: 1.0.0}\n", "", "$.capsules[0].id", 5),
        ("  - {id: a, version: 1.0.0, weight: much}\n", "", "$.capsules[0].weight", 5),
        ("  - a\n", "", "$.capsules[0]", 5),
        ("  - {id: a, version: 1.0.0}\n", "structure:\n  - capsules: [a]\n", "$.structure[0].chapter", 7),
        ("  - {id: a, version: &x 1.0.0}\n", "", "$", 6), ("  - {id: a\n", "", "$", 6),
    ])
    func refusesVolumes(capsules: String, structure: String, path: String, line: Int) throws {
        let error = try #require(throws: AmxError.self) {
            try documents(["knowledge/volumes/book/manifest.yaml": volume(capsules, structure)])
        }
        let first = try #require(error.manifestDiagnostics.first { $0.severity == .error })
        #expect(first.path == path && first.line == line, "\(first)")
        #expect(first.file == "knowledge/volumes/book/manifest.yaml")
    }

    /// A capsule is at a branch only where `amx.json` says so, whoever requires it: a word in the lock makes none of it.
    @Test(arguments: [
        ("\"develops\": [\"a\"], \"dependencies\": {\"a\": \"^1.0.0\"}", false),
        ("\"develops\": [\"b\"], \"dependencies\": {\"b\": \"^1.0.0\"}", true),
        ("\"develops\": [\"b\"], \"dependencies\": {\"a\": \"^1.0.0\"}", true),
        ("\"follows\": [\"a\"], \"dependencies\": {\"b\": \"^1.0.0\"}", false),
        ("\"follows\": [\"a\"], \"dependencies\": {\"a\": \"^1.0.0\"}", false),
        // It came with what requires it, or says that it did.
        ("\"dependencies\": {\"b\": \"^1.0.0\"}", true), ("\"follows\": [\"b\"]", true),
        ("\"description\": \"Ours\"", true),
        ("\"devDependencies\": {\"a\": {\"version\": \"^1.0.0\", \"remote\": \"private\"}}", true),
        ("\"optionalDependencies\": {\"acme/a\": \"^1.0.0\"}", true),
    ])
    func whatIsAtABranchIsDeclared(members: String, isRefused: Bool) throws {
        let manifest = "{\"name\": \"team\", \(members)}"
        guard isRefused else {
            _ = try documents(["amx.json": manifest])
            return
        }
        let error = try #require(throws: AmxError.self) { try documents(["amx.json": manifest]) }
        #expect(error.code == .verification && error.message.contains("amx.lock has a at a branch"), "\(error)")
        for asked in ["[]", "[\"b\"]", "[\"workspace\", \"b\"]"] {
            let other = Self.lock.replacing("[\"workspace\"]", with: asked)
            #expect(throws: AmxError.self) { try documents(["amx.json": manifest, "amx.lock": other]) }
        }
        let release = Self.lock.replacing("\"branch\": \"main\"", with: "\"tag\": \"v1.0.0\"")
        _ = try documents(["amx.json": manifest, "amx.lock": release])
        // Nothing is done with what lies in a lane.
        let lane = Self.lock.replacing("\"branch\"", with: "\"lane\": \"next\", \"branch\"")
        _ = try documents(["amx.json": manifest, "amx.lock": lane])
    }

    /// What is developed here is pushed beside the workspace, and what is installed is not.
    @Test func onlyADevelopedCapsuleMayNotHaveTheWorkspacesName() throws {
        let developed = WorkspaceLockTests.entry.replacing("\"id\": \"a\"", with: "\"id\": \"team\"")
        let installed = developed.replacing("\"branch\": \"main\"", with: "\"tag\": \"v1.0.0\"")
        func lock(_ entry: String) -> [String: String] { ["amx.lock": "{\"schema\": 1, \"capsules\": [\(entry)]}"] }
        #expect(throws: AmxError.self) { try documents(lock(developed)) }
        #expect(try documents(lock(installed)).lock?.capsules.count == 1)
    }

    @Test func aVolumeHasItsFoldersName() throws {
        let error = try #require(throws: AmxError.self) {
            try documents(["knowledge/volumes/other/manifest.yaml": volume("  - {id: a, version: 1.0.0}\n")])
        }
        #expect(error.message.contains("$.id"))
    }

    @Test(
        arguments: [
            (
                "{\"id\": \"tools\", \"name\": \"Tools\", \"version\": \"1.0.0\", \"dependencies\": {\"a\": \"^1.0.0\", \"left-pad\": \"^2.0.0\", \"@x/y\": \"next\"}}",
                nil
            ),
            (
                "{\"id\": \"tools\", \"name\": \"Tools\", \"version\": \"1.0.0\", \"dependencies\": {\"a\": \"^2.0.0\"}}",
                "$.dependencies.a"
            ),
            ("{\"id\": \"tool\", \"name\": \"Tools\", \"version\": \"1.0.0\"}", "$.id"),
            ("{\"id\": \"tools\", \"version\": \"1.0.0\"}", "$.name"),
            ("{\"id\": \"tools\", \"name\": \"T\", \"version\": \"1\"}", "$.version"),
            ("{\"id\": \"tools\", \"name\": \"T\", \"version\": \"1.0.0\", \"dependencies\": []}", "$.dependencies"),
            ("", "$"),
        ] as [(String, String?)])
    func judgesLibraries(text: String, path: String?) throws {
        let files = ["knowledge/libraries/tools/package.json": text]
        guard let path else { return #expect(try documents(files).warnings.isEmpty) }
        let error = try #require(throws: AmxError.self) { try documents(files) }
        #expect(error.manifestDiagnostics.first { $0.severity == .error }?.path == path, "\(error)")
    }

    @Test(arguments: [
        "knowledge/capsules/a.kc", "knowledge/capsules", "Knowledge/CAPSULES/a/manifest.json", ".aimatrix/config",
        ".git/config",
    ])
    func refusesWhatIsNotItsOwn(path: String) throws {
        // Some of them no tree may hold at all.
        guard let path = try? TreePath(path) else { return }
        #expect(throws: AmxError.self) { try WorkspaceDocuments.checkOwn(path) }
    }

    @Test func refusesOtherNamesAndMissingFiles() throws {
        #expect(try documents(["knowledge/capsulesque/x": "", "knowledge/x": ""]).lock?.capsules.count == 1)
        #expect(throws: AmxError.self) { try documents([:], name: "other") }
        #expect(throws: AmxError.self) { try documents([:], without: "amx.json") }
        #expect(throws: AmxError.self) { try documents([:], without: "amx.lock") }
        #expect(throws: AmxError.self) { try documents(["amx.json": "{\"name\": \"a\"}"], name: nil) }
        #expect(try documents([:], name: nil).manifest.name.string == "team")
    }
}
