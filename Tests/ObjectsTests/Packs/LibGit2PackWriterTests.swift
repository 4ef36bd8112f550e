import Objects
import TestSupport
import Testing

/// Streaming packs.
struct LibGit2PackWriterTests {
    private struct Stop: Error {}

    @Test func anErrorOfTheSinkEndsTheWork() throws {
        let fixture = try RefFixture()
        let repository = try Repository(opening: fixture.path)
        let objects = fixture.commits.map { PackObject(id: $0) }
        var calls = 0
        #expect {
            try LibGit2PackWriter().write(objects, of: repository) { _ throws(AmxError) in
                calls += 1
                throw AmxError(.network, "the other side is gone")
            }
        } throws: { ($0 as? AmxError)?.code == .network }
        #expect(calls == 1)
    }

    @Test func anEmptyPackIsAPack() throws {
        let fixture = try RefFixture()
        var pack: [UInt8] = []
        try LibGit2PackWriter().write([], of: Repository(opening: fixture.path)) { pack.append(contentsOf: $0) }
        #expect(pack.count == 32)
        #expect(pack.starts(with: "PACK".utf8))
    }

    @Test func aMissingObjectIsNotFound() throws {
        let fixture = try RefFixture()
        let absent = try RefFixture.id(String(repeating: "6", count: 40))
        #expect {
            try LibGit2PackWriter().write([PackObject(id: absent)], of: Repository(opening: fixture.path)) { _ in }
        } throws: { ($0 as? AmxError)?.code == .notFound }
    }

    @Test func revisionsOfAFileAreDeltas() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("r.git")
        _ = try Repository.create(at: path)
        var random = SeededGenerator(seed: 62)
        var content = random.bytes(200_000)
        let staging = try ObjectStaging(for: path)
        var objects: [PackObject] = []
        for _ in 0..<10 {
            content[Int.random(in: content.indices, using: &random)] ^= 1
            let id = try staging.add(content, kind: .blob)
            objects.append(PackObject(id: id, path: Array("big".utf8)))
        }
        try staging.publish()
        var size = 0
        try LibGit2PackWriter().write(objects, of: Repository(opening: path)) { size += $0.count }
        #expect(size < 260_000)
    }
}
