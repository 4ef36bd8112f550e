import Foundation
import TestSupport
import Testing

@testable import Objects

/// Streaming packs, with git as the oracle.
struct PackWriterTests {
    @Test func anErrorOfTheSinkEndsTheWork() throws {
        let fixture = try RefFixture()
        let repository = try Repository(opening: fixture.path)
        let objects = fixture.commits.map { PackObject(id: $0) }
        var calls = 0
        #expect {
            try PackWriter().write(objects, of: repository) { _ throws(AmxError) in
                calls += 1
                throw AmxError(.network, "the other side is gone")
            }
        } throws: { ($0 as? AmxError)?.code == .network }
        #expect(calls == 1)
    }

    @Test func anEmptyPackIsAPack() throws {
        let fixture = try RefFixture()
        var pack: [UInt8] = []
        try PackWriter().write([], of: Repository(opening: fixture.path)) { pack.append(contentsOf: $0) }
        #expect(pack.count == 32)
        #expect(pack.starts(with: "PACK".utf8))
    }

    @Test func aMissingObjectIsNotFound() throws {
        let fixture = try RefFixture()
        let absent = try RefFixture.id(String(repeating: "6", count: 40))
        #expect {
            try PackWriter().write([PackObject(id: absent)], of: Repository(opening: fixture.path)) { _ in }
        } throws: { ($0 as? AmxError)?.code == .notFound }
    }

    /// A repository of git with a history of texts, a matrix and folders: loose, or in three packs.
    private func history(seed: UInt64, packed: Bool) throws -> (folder: TemporaryDirectory, path: String) {
        let folder = try TemporaryDirectory()
        let path = folder.appending("r.git")
        try Tool.git(["init", "-q", "--bare", "-b", "main", path], in: folder.path)
        var random = SeededGenerator(seed: seed)
        var files: [String: [UInt8]] = [:]
        let names = ["a.md", "b.txt", "docs/c.md", "docs/deep/d.json", "rows.f32"]
        var stream: [UInt8] = []
        for commit in 0..<24 {
            for name in names where files[name] == nil || Int.random(in: 0..<3, using: &random) == 0 {
                var content = files[name] ?? []
                if name == "rows.f32" {
                    if content.isEmpty { content = random.bytes(60_000) }
                    let at = Int.random(in: 0..<50, using: &random) * 1_000
                    content.replaceSubrange(at..<(at + 200), with: random.bytes(200))
                } else {
                    let line = "\(name), line \(Int.random(in: 0..<1_000_000, using: &random)) of commit \(commit)\n"
                    content += Array(line.utf8)
                    if content.count > 2_000, Bool.random(using: &random) { content.removeFirst(300) }
                }
                files[name] = content
            }
            stream += Array("commit refs/heads/main\ncommitter A <a@b.c> \(1_700_000_000 + commit) +0000\n".utf8)
            stream += Array("data 2\nx\n\(commit > 0 && commit % 8 == 0 ? "from refs/heads/main^0\n" : "")".utf8)
            for (name, content) in files.sorted(by: { $0.key < $1.key }) {
                stream += Array("M 100644 inline \(name)\ndata \(content.count)\n".utf8) + content + [0x0A]
            }
            if commit % 8 == 7 {
                try Tool.git(["fast-import", "--quiet", "--force"], in: path, input: stream)
                stream = []
                if packed { try Tool.git(["repack", "-d", "-q"], in: path) }
            }
        }
        return (folder, path)
    }

    private func ids(_ repository: String, _ arguments: [String]) throws -> [String] {
        try Tool.git(["rev-list", "--objects"] + arguments, in: repository).split(separator: "\n").map {
            String($0.prefix(40))
        }
    }

    /// Writes the pack, has git index it in a new repository, and compares what it holds.
    private func check(
        _ path: String, wants: String, haves: String? = nil, isThin: Bool = false
    ) throws -> (pack: [UInt8], listing: String) {
        let repository = try Repository(opening: path)
        let want = try #require(ObjectID(hex: try Tool.git(["rev-parse", wants], in: path)))
        var known: [ObjectID] = []
        if let haves { known = [try #require(ObjectID(hex: try Tool.git(["rev-parse", haves], in: path)))] }
        var walk = ObjectWalk(repository)
        walk.findsBases = isThin
        let objects = try walk.objects(wants: [want], haves: known)
        var packs: [[UInt8]] = []
        for _ in 0..<2 {
            var pack: [UInt8] = []
            try PackWriter().write(objects, of: Repository(opening: path)) { pack.append(contentsOf: $0) }
            packs.append(pack)
        }
        #expect(packs.first == packs.last, "the same objects made two packs")
        let pack = try #require(packs.first)
        let folder = try TemporaryDirectory()
        try Tool.git(["init", "-q", "--bare", folder.appending("copy.git")], in: folder.path)
        let copy = folder.appending("copy.git")
        if let haves { try Tool.git(["push", "-q", copy, "\(haves):refs/heads/known"], in: path) }
        let command = ["index-pack", "--stdin", "--strict"] + (isThin ? ["--fix-thin"] : [])
        let name = try Tool.git(command, in: copy, input: pack).suffix(40)
        let index = "objects/pack/pack-\(name).idx"
        let listing = try Tool.git(["verify-pack", "-v", index], in: copy)
        let lines = listing.split(separator: "\n").map { String($0.prefix(40)) }
        let listed = Set(lines.filter { ObjectID(hex: $0) != nil })
        if isThin {
            #expect(listed.isSuperset(of: objects.map(\.id.hex)))
            // Our own receiver agrees.
            let receiver = try QuarantineReceiver(into: Repository(opening: copy))
            try pack.withUnsafeBytes { try receiver.receive($0) }
            #expect(try receiver.finish().count == objects.count)
        } else {
            #expect(listed == Set(objects.map(\.id.hex)))
        }
        let expected = try ids(path, [wants] + (haves.map { ["--not", $0] } ?? []))
        #expect(listed.isSuperset(of: expected))
        try Tool.git(["update-ref", "refs/heads/main", want.hex], in: copy)
        #expect(try Tool.git(["fsck", "--strict", "--no-dangling"], in: copy).isEmpty)
        return (pack, listing)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>, ["all", "packs", "loose", "thin"])
    func everyPackIsGits(seed: UInt64, storage: String) throws {
        let (_folder, path) = try history(seed: seed, packed: storage != "loose")
        defer { withExtendedLifetime(_folder) {} }
        switch storage {
        case "all": try Tool.git(["repack", "-a", "-d", "-f", "-q", "--depth=300", "--window=250"], in: path)
        // A pack whose deltas name their bases by id, beside those that hold the same objects.
        case "thin":
            let all = try ids(path, ["main"]).joined(separator: "\n")
            try Tool.git(
                ["pack-objects", "-q", "--no-reuse-delta", "--window=20", "objects/pack/pack"], in: path,
                input: Array((all + "\n").utf8))
        default: break
        }
        let whole = try check(path, wants: "main")
        // Its size is about git's own.
        let git = try Tool.run("git", ["pack-objects", "--all", "--stdout", "-q", "--delta-base-offset"], in: path)
        #expect(whole.pack.count < git.output.count * 2)
        for (wants, haves) in [("main~3", "main~9"), ("main", "main~1"), ("main", "main~20")] {
            let alone = try check(path, wants: wants, haves: haves)
            let thin = try check(path, wants: wants, haves: haves, isThin: true)
            #expect(thin.pack.count <= alone.pack.count)
        }
    }

    /// What git has packed is not packed again: its deltas and compressed data are the same bytes.
    @Test func whatIsPackedIsCopied() throws {
        let (_folder, path) = try history(seed: 9, packed: true)
        defer { withExtendedLifetime(_folder) {} }
        try Tool.git(["repack", "-a", "-d", "-f", "-q", "--window=50"], in: path)
        let (pack, listing) = try check(path, wants: "main")
        let stored = try FileManager.default.contentsOfDirectory(atPath: path + "/objects/pack").first {
            $0.hasSuffix(".idx")
        }
        let before = try Tool.git(["verify-pack", "-v", "objects/pack/\(try #require(stored))"], in: path)
        // Id, kind, size and depth of every delta.
        func deltas(_ listing: String) -> Set<String> {
            Set(
                listing.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
                    .filter { $0.count == 7 && ObjectID(hex: $0[0]) != nil }
                    .map { "\($0[0]) \($0[1]) \($0[2]) \($0[6])" })
        }
        #expect(deltas(before).count > 20)
        #expect(deltas(listing).isSuperset(of: deltas(before)))
        #expect(pack.count > 1_000)
    }

    @Test func revisionsOfAFileAreDeltasOfBoundedDepth() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("r.git")
        _ = try Repository.create(at: path)
        var random = SeededGenerator(seed: 62)
        var content = random.bytes(20_000)
        let staging = try ObjectStaging(for: path)
        var objects: [PackObject] = []
        for _ in 0..<120 {
            content[Int.random(in: content.indices, using: &random)] ^= 1
            let id = try staging.add(content, kind: .blob)
            objects.append(PackObject(id: id, path: Array("big".utf8)))
        }
        try staging.publish()
        var pack: [UInt8] = []
        try PackWriter().write(objects, of: Repository(opening: path)) { pack.append(contentsOf: $0) }
        #expect(pack.count < 80_000)
        let name = try Tool.git(["index-pack", "--stdin"], in: path, input: pack).suffix(40)
        let listing = try Tool.git(["verify-pack", "-v", "objects/pack/pack-\(name).idx"], in: path)
        #expect(listing.contains("chain length = 50:"))
        #expect(!listing.contains("chain length = 51:"))
    }
}
