import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct FsckTests {
    /// A workspace with a packed capsule of three commits, two branches and a release.
    private struct Work {
        let fixture: WorkspaceFixture
        let capsule: WorkspaceCapsule
        var repository: String { fixture.workspace.repositoryPath(capsule.id) }

        init() throws {
            fixture = try WorkspaceFixture()
            capsule = try fixture.new("a")
            for step in 0..<3 {
                try fixture.write(capsule, "rules/one.md", String(repeating: "line of text \(step)\n", count: 40))
                try fixture.commit(capsule, "Step \(step)")
            }
            let (capsule, fixture) = (capsule, fixture)
            _ = try fixture.workspace.write { () throws(AmxError) in
                _ = try capsule.release(message: nil, identity: fixture.identity)
                return try capsule.pack()
            }
            let refs = try Repository(opening: repository).refs
            let main = try #require(try refs.snapshot().branches.first { $0.name.branch == "main" })
            try refs.commit([RefUpdate(try #require(RefName(branch: "topic")), expected: .missing, new: main.id)])
        }

        func findings(minimumAge: Int = 60) throws -> [FsckFinding] {
            try WorkspaceFsck(fixture.workspace, minimumAge: minimumAge).run([capsule.id]) { _, _ in }.findings
                .map(\.finding)
        }
    }

    @Test func findsNothingInASoundWorkspace() throws {
        let work = try Work()
        let report = try WorkspaceFsck(work.fixture.workspace).run(nil) { _, _ in }
        #expect(report.findings.map { "\($0)" } == [])
        let count = try Tool.git(["rev-list", "--all", "--objects"], in: work.repository).split(separator: "\n").count
        let own = try WorkspaceFsck(work.fixture.workspace).run([work.capsule.id]) { _, _ in }
        #expect(own.objects >= count)
        #expect(own.repositories == 1)
        #expect(own.files == 1)
    }

    /// Not even what a killed process has left is cleared away.
    @Test func changesNothing() throws {
        let work = try Work()
        let repository = work.repository
        for name in ["objects/incoming-a/lock", "packed-refs.lock", ".tmp-1-2"] {
            let path = "\(repository)/\(name)"
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data().write(to: URL(fileURLWithPath: path))
        }
        let mark = "\(work.fixture.workspace.temporaryDirectory)/writer-1-2"
        try FileManager.default.createDirectory(
            atPath: work.fixture.workspace.temporaryDirectory, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: mark))
        let list = ["find", work.fixture.folder.path, "-printf", "%P %y %s %T@ %i\n"]
        let before = try Tool.run("env", list).text
        let found = try work.findings(minimumAge: 0)
        #expect(Set(found.map(\.kind)) == [.lock, .litter] && found.count == 3)
        #expect(try Tool.run("env", list).text == before)
    }

    @Test func readsWhatGitHasPackedAnew() throws {
        let work = try Work()
        try work.fixture.git(work.capsule, "gc", "-q", "--prune=now", "--aggressive")
        #expect(try work.findings() == [])
        let all = try Tool.git(["cat-file", "--batch-check", "--batch-all-objects"], in: work.repository)
        let report = try WorkspaceFsck(work.fixture.workspace).run([work.capsule.id]) { _, _ in }
        #expect(report.objects == all.split(separator: "\n").count)
    }

    /// Every one of many single flipped bits is found, but for names in git's files that turn into other legal names.
    @Test func findsEveryFlippedBit() throws {
        let work = try Work()
        // Both Amx's own packs, and deltas and the files beside a pack that git makes.
        for round in 0..<2 {
            if round == 1 {
                try work.fixture.git(work.capsule, "repack", "-q", "-a", "-d", "-f", "--depth=10")
                try work.fixture.git(work.capsule, "pack-refs", "--all")
            }
            #expect(try work.findings() == [])
            var random = SeededGenerator(seed: 0xF5C + UInt64(round))
            let packs = try FileManager.default.contentsOfDirectory(atPath: "\(work.repository)/objects/pack").sorted()
            var files = packs.map { "\(work.repository)/objects/pack/\($0)" }
            files += ["packed-refs", "HEAD"].map { "\(work.repository)/\($0)" }
            files.append(work.fixture.workspace.packedPath(work.capsule.id))
            var flips = 0
            while flips < 500 {
                let file = try #require(files.randomElement(using: &random))
                let sound = try Data(contentsOf: URL(fileURLWithPath: file))
                let position = Int.random(in: 0..<sound.count, using: &random)
                let bit = UInt8.random(in: 0..<8, using: &random)
                if round == 1, file.hasSuffix("/packed-refs"), Self.isInAnyName(Array(sound), position) { continue }
                flips += 1
                var damaged = sound
                damaged[position] ^= 1 << bit
                try FileManager.default.removeItem(atPath: file)
                try damaged.write(to: URL(fileURLWithPath: file))
                let findings = try work.findings()
                #expect(!findings.isEmpty, "bit \(bit) of byte \(position) of \(sound.count) of \(file)")
                #expect(!findings.contains { $0.problem.isEmpty || $0.hint.isEmpty })
                try sound.write(to: URL(fileURLWithPath: file))
            }
            #expect(try work.findings() == [])
        }
    }

    /// Whether a byte of `packed-refs` belongs to a name that only the file itself knows.
    private static func isInAnyName(_ bytes: [UInt8], _ position: Int) -> Bool {
        let start = bytes[..<position].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = String(decoding: bytes[start...].prefix { $0 != 0x0A }, as: UTF8.self)
        guard position - start > 40, position - start < line.utf8.count, !line.hasPrefix("#") else { return false }
        return !line.hasSuffix(" refs/heads/main") && !line.contains(" refs/tags/")
    }

    private static let damages:
        [(String, FsckFinding.Kind, String, @Sendable (WorkspaceFixture, WorkspaceCapsule) throws -> Void)] = [
            (
                "a stale lock", .lock, "packed-refs.lock",
                { fixture, capsule in try Self.write("", "packed-refs.lock", fixture, capsule) }
            ),
            (
                "a pack that was not ended", .litter, "objects/pack/tmp_pack_x",
                { fixture, capsule in try Self.write("", "objects/pack/tmp_pack_x", fixture, capsule) }
            ),
            (
                "HEAD of nothing", .head, "HEAD",
                { fixture, capsule in try Self.write("ref: refs/heads/gone\n", "HEAD", fixture, capsule) }
            ),
            (
                "a lightweight release", .release, "refs/tags/v9.0.0",
                { fixture, capsule in try fixture.git(capsule, "tag", "v9.0.0", "main") }
            ),
            (
                "a release of another version", .release, "refs/tags/v9.0.0",
                { fixture, capsule in
                    try fixture.git(
                        capsule, "-c", "user.name=A", "-c", "user.email=a@b", "tag", "-m", "x", "v9.0.0", "main")
                }
            ),
            (
                "a renamed release", .ref, "refs/tags/v9.0.0",
                { fixture, capsule in try fixture.git(capsule, "update-ref", "refs/tags/v9.0.0", "v0.1.0") }
            ),
            (
                "a wrong peeled line", .ref, "refs/tags/v0.1.0",
                { fixture, capsule in
                    let peeled = try fixture.git(capsule, "rev-parse", "v0.1.0^{commit}")
                    let other = try fixture.git(capsule, "rev-parse", "main~1")
                    try Self.edit("packed-refs", fixture, capsule) {
                        $0.replacingOccurrences(of: "^\(peeled.trimmed)", with: "^\(other.trimmed)")
                    }
                }
            ),
            (
                "references out of order", .ref, "packed-refs",
                { fixture, capsule in
                    try Self.edit("packed-refs", fixture, capsule) { $0.replacingOccurrences(of: "topic", with: "aaa") }
                }
            ),
            (
                "a false digest", .digest, "",
                { fixture, capsule in
                    let digest = String(repeating: "0", count: 64)
                    let id = try fixture.git(
                        capsule, "-c", "user.name=A", "-c", "user.email=a@b", "commit-tree", "main^{tree}", "-m",
                        "x\n\nCapsule-Digest: sha256:\(digest)")
                    try fixture.git(capsule, "update-ref", "refs/heads/topic", id.trimmed)
                }
            ),
            (
                "a missing object", .ref, "refs/heads/topic",
                { fixture, capsule in
                    let gone = String(repeating: "7", count: 40)
                    try Self.write("\(gone)\n", "refs/heads/topic", fixture, capsule)
                }
            ),
            (
                "a missing tree", .object, "",
                { fixture, capsule in
                    let id = try fixture.git(
                        capsule, "-c", "user.name=A", "-c", "user.email=a@b", "commit-tree", "main^{tree}", "-m", "x")
                    let blob = try fixture.git(capsule, "rev-parse", "main:manifest.json").trimmed
                    let body = try fixture.git(capsule, "cat-file", "commit", id.trimmed)
                        .replacingOccurrences(
                            of: try fixture.git(capsule, "rev-parse", "main^{tree}").trimmed, with: blob)
                    let path = fixture.folder.path + "/commit"
                    try body.write(toFile: path, atomically: true, encoding: .utf8)
                    let odd = try fixture.git(capsule, "hash-object", "--literally", "-t", "commit", "-w", path)
                    try Self.write("\(odd.trimmed)\n", "refs/heads/topic", fixture, capsule)
                }
            ),
            (
                "a broken tree rule", .object, "",
                { fixture, capsule in
                    let path = fixture.folder.path + "/empty"
                    try "".write(toFile: path, atomically: true, encoding: .utf8)
                    let blob = try fixture.git(capsule, "hash-object", "-w", path).trimmed
                    var tree: [UInt8] = Array("120000 link".utf8) + [0]
                    tree += stride(from: 0, to: 40, by: 2).compactMap { UInt8(blob.dropFirst($0).prefix(2), radix: 16) }
                    let file = fixture.folder.path + "/tree"
                    try Data(tree).write(to: URL(fileURLWithPath: file))
                    let id = try fixture.git(capsule, "hash-object", "--literally", "-t", "tree", "-w", file).trimmed
                    let commit = try fixture.git(
                        capsule, "-c", "user.name=A", "-c", "user.email=a@b", "commit-tree", id, "-m", "x")
                    try fixture.git(capsule, "update-ref", "refs/heads/topic", commit.trimmed)
                }
            ),
            (
                "a damaged loose object", .object, "",
                { fixture, capsule in
                    let path = fixture.folder.path + "/loose"
                    try "loose".write(toFile: path, atomically: true, encoding: .utf8)
                    let id = try fixture.git(capsule, "hash-object", "-w", path).trimmed
                    let place =
                        "\(fixture.workspace.repositoryPath(capsule.id))/objects/\(id.prefix(2))/\(id.dropFirst(2))"
                    var bytes = try Data(contentsOf: URL(fileURLWithPath: place))
                    bytes[bytes.count - 1] ^= 1
                    try FileManager.default.removeItem(atPath: place)
                    try bytes.write(to: URL(fileURLWithPath: place))
                }
            ),
        ]

    @Test(arguments: damages.indices) func names(_ index: Int) throws {
        let work = try Work()
        let (label, kind, place, damage) = Self.damages[index]
        try damage(work.fixture, work.capsule)
        let found = try work.findings(minimumAge: 0)
        #expect(found.contains { $0.kind == kind && (place.isEmpty || $0.place == place) }, "\(label): \(found)")
    }

    private static func write(
        _ text: String, _ name: String, _ fixture: WorkspaceFixture, _ capsule: WorkspaceCapsule
    ) throws {
        let path = "\(fixture.workspace.repositoryPath(capsule.id))/\(name)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    private static func edit(
        _ name: String, _ fixture: WorkspaceFixture, _ capsule: WorkspaceCapsule, _ change: (String) -> String
    ) throws {
        let path = "\(fixture.workspace.repositoryPath(capsule.id))/\(name)"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(change(text) != text)
        try change(text).write(toFile: path, atomically: true, encoding: .utf8)
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
