import Foundation
import TestSupport
import Testing

/// Published skills through the whole job; skipped where the folder `shared` with them is absent.
@Suite(.onTestThreads) struct SkillTests {
    /// The skills' folders: below `AMX_SHARED`, or a folder `shared` beside one of the folders above this file.
    static let skills: [String] = {
        var roots = ProcessInfo.processInfo.environment["AMX_SHARED"].map { [$0] } ?? []
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            roots.append(folder.appendingPathComponent("shared").path)
        }
        let root = roots.map { "\($0)/real/skills" }.first { FileManager.default.fileExists(atPath: $0) }
        guard let root, let names = try? FileManager.default.contentsOfDirectory(atPath: root) else { return [] }
        return names.sorted().map { "\(root)/\($0)" }.filter {
            FileManager.default.fileExists(atPath: "\($0)/SKILL.md")
        }
    }()

    @Test(.enabled(if: !skills.isEmpty, "there is no folder shared/real/skills here; AMX_SHARED may name `shared`"))
    func goThroughTheWholeJob() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        var ids: [String] = []
        for skill in Self.skills {
            let id = try #require(try ada.json("import", skill)["id"].string)
            ids.append(id)
            // Every byte but the new manifest is the skill's.
            let compared = try Tool.run("diff", ["-r", skill, ada.capsule(id)])
            #expect(compared.text == "Only in \(ada.capsule(id)): manifest.json\n" || compared.text.isEmpty)
        }
        let commits = try ada.json("commit", "-m", "Import")["commits"].array
        #expect(commits.count == ids.count)
        for id in ids { try ada.json("release", id) }
        try ada.json("push")
        let file = ada.home.appending("out.kc")
        for id in ids {
            try hub.check(id)
            try grace.json("pull", "origin", id)
            let (commit, digest) = try ada.show(id)
            #expect(try grace.show(id) == (commit, digest))
            let clone = try GitCopy(cloning: hub.address(id))
            #expect(try clone.digest() == digest)
            // The packed file, by other tools.
            try ada.json("pack", id, "-o", file)
            let target = try TemporaryDirectory("amx-e2e-skill")
            #expect(try Tool.run("tar", ["--zstd", "-xf", grace.packed(id), "-C", target.path]).status == 0)
            #expect(try DigestOracle.digest(directory: target.path) == digest)
            #expect(try ada.json("verify", file, "--digest", digest)["results"][0]["ok"].bool == true)
            try FileManager.default.removeItem(atPath: file)
        }
        #expect(try grace.json("verify")["results"].array.allSatisfy { $0["ok"].bool == true })
    }
}
