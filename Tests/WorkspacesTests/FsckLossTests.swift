import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// What is told of objects that cannot be read any more, or are not there.
@Suite struct FsckLossTests {
    private let fixture: WorkspaceFixture
    private let capsule: WorkspaceCapsule
    private let repository: String

    /// Three commits in one pack, in which later versions are deltas against others.
    init() throws {
        fixture = try WorkspaceFixture()
        capsule = try fixture.new("a")
        repository = fixture.workspace.repositoryPath(capsule.id)
        for step in 0..<3 {
            let lines = (0..<200).map { "line \($0 * 7919) of text\($0 == 0 ? " \(step)" : "")\n" }
            try fixture.write(capsule, "rules/one.md", lines.joined())
            try fixture.commit(capsule, "Step \(step)")
        }
        try fixture.git(capsule, "branch", "topic", "main~1")
        try fixture.git(capsule, "repack", "-q", "-a", "-d", "-f")
    }

    private func rev(_ name: String) throws -> String {
        try fixture.git(capsule, "rev-parse", name).trimmingCharacters(in: .newlines)
    }

    private func pack() throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(repository)/objects/pack")
        return "objects/pack/\(try #require(names.first { $0.hasSuffix(".pack") }))"
    }

    /// Turns over the bits of the byte in the middle of an object's entry; of the pack's last byte with nil.
    private func damage(_ id: String?) throws {
        let path = "\(repository)/\(try pack())"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        var place = bytes.count - 1
        if let id {
            // <id> <type> <size> <size in the pack> <offset> ...
            let lines = try fixture.git(capsule, "verify-pack", "-v", path).split(separator: "\n")
            let words = try #require(lines.first { $0.hasPrefix(id) }).split(separator: " ")
            place = try #require(Int(words[4])) + #require(Int(words[3])) / 2
        }
        bytes[place] ^= 0xFF
        try FileManager.default.removeItem(atPath: path)
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    private func findings() throws -> [FsckFinding] {
        try WorkspaceFsck(fixture.workspace).run([capsule.id]) { _, _ in }.findings.map(\.finding)
    }

    @Test func ofAFile() throws {
        let id = try rev("main~2:manifest.json")
        try damage(id)
        let found = try findings()
        #expect(found.map(\.kind) == [.pack, .object])
        #expect(found.first?.problem.contains("; 1 of ") == true)
        #expect(found.last?.place == id)
        let commits = try fixture.git(capsule, "rev-list", "--all").split(separator: "\n")
        let problem = try #require(found.last?.problem)
        #expect(problem.hasPrefix("it is damaged in \(try pack()): manifest.json of commit "), "\(problem)")
        #expect(commits.contains { problem.contains("of commit \($0.prefix(10)) and \(commits.count - 1) more, ") })
        let refs = try fixture.git(capsule, "for-each-ref", "--contains", "main~2").split(separator: "\n")
        #expect(problem.hasSuffix("in the history of refs/heads/main and \(refs.count - 1) more"), "\(problem)")
    }

    /// With the base of deltas, what stands on it is lost; what git reads is what is said to be whole.
    @Test(arguments: ["main:rules/one.md", "main~1:rules/one.md", "main:rules", "main^{tree}", "main", "topic"])
    func agreesWithGit(_ name: String) throws {
        let id = try rev(name)
        let all = try fixture.git(capsule, "cat-file", "--batch-check=%(objectname)", "--batch-all-objects")
            .split(separator: "\n").map(String.init)
        try damage(id)
        let readable = try all.filter { id in
            try Tool.run("git", ["cat-file", "-p", id], in: repository, environment: Tool.gitEnvironment).status == 0
        }
        let lost = Set(all).subtracting(readable)
        let found = try findings()
        #expect(lost.contains(id))
        #expect(Set(found.filter { $0.kind == .object }.map(\.place)) == lost)
        #expect(
            found.allSatisfy {
                $0.kind != .object || $0.problem.contains("in the history of ") || $0.problem.contains("refs/heads/")
            })
    }

    @Test func ofNothingButTheChecksum() throws {
        try damage(nil)
        let found = try findings()
        #expect(found.contains { $0.kind == .pack && $0.problem.hasSuffix(" objects can be read") })
        #expect(!found.contains { $0.kind == .object })
    }

    @Test func ofWhatNothingNeeds() throws {
        let path = fixture.folder.path + "/loose"
        try "nobody needs this".write(toFile: path, atomically: true, encoding: .utf8)
        let id = try fixture.git(capsule, "hash-object", "-w", path).trimmingCharacters(in: .newlines)
        try fixture.git(capsule, "repack", "-q", "-a", "-d", "-k")
        try damage(id)
        let found = try findings()
        #expect(found.last?.problem.hasSuffix("; no reference leads to it") == true, "\(found)")
    }

    @Test func ofAMissingFile() throws {
        let id = try rev("main:rules/one.md")
        let place = try pack()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(repository)/\(place)"))
        for end in ["pack", "idx", "rev"] {
            try? FileManager.default.removeItem(atPath: "\(repository)/\(place.dropLast(4))\(end)")
        }
        _ = try Tool.run("git", ["unpack-objects", "-q"], in: repository, input: Array(bytes))
        #expect(try findings() == [])
        try FileManager.default.removeItem(atPath: "\(repository)/objects/\(id.prefix(2))/\(id.dropFirst(2))")
        let found = try findings()
        let commit = try rev("main").prefix(10)
        #expect(found.map(\.place) == [id])
        #expect(
            found.first?.problem.hasPrefix(
                "the blob is missing: rules/one.md of commit \(commit), in the history of refs/heads/main") == true,
            "\(found)")
    }
}
