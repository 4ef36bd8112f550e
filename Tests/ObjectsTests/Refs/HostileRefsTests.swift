import Foundation
import TestSupport
import Testing

@testable import Objects

/// Repositories whose references were laid out by somebody else.
struct HostileRefsTests {
    private func code(_ body: () throws -> Void) -> AmxError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? AmxError)?.code
        }
    }

    private func update(_ fixture: RefFixture, _ name: String) throws {
        try fixture.refs().commit([RefUpdate(RefFixture.name(name), expected: .any, new: fixture.commits[0])])
    }

    @Test(arguments: [
        "", "\n", "12", "no id at all", String(repeating: "a", count: 41), String(repeating: "z", count: 40),
    ])
    func aDamagedLooseReferenceIsNotPassedOver(content: String) throws {
        let fixture = try RefFixture()
        try update(fixture, "refs/heads/a")
        // Falling back to the packed value would bring an old state back without a word.
        try fixture.writeLoose("refs/heads/a", content)
        #expect(code { _ = try fixture.refs().snapshot() } == .verification)
        #expect(code { try update(fixture, "refs/heads/b") } == .verification)
        unlink(fixture.path + "/refs/heads/a")
        #expect(try fixture.refs().snapshot().refs.count == 1)
    }

    @Test func aHugeLooseReferenceCostsNothing() throws {
        let fixture = try RefFixture()
        let path = try fixture.folder.write("r.git/refs/heads/a", text: fixture.commits[1].hex + "\n")
        #expect(truncate(path, 1 << 40) == 0)
        #expect(try fixture.refs().snapshot().refs.map(\.id) == [fixture.commits[1]])
    }

    @Test func aHugePackedFileIsRefused() throws {
        let fixture = try RefFixture()
        let path = try fixture.folder.write("r.git/packed-refs", text: "")
        #expect(truncate(path, 1 << 40) == 0)
        #expect(code { _ = try fixture.refs().snapshot() } == .failure)
    }

    @Test func pipesAreNotWaitedFor() throws {
        let fixture = try RefFixture()
        #expect(mkfifo(fixture.path + "/packed-refs", 0o644) == 0)
        #expect(code { _ = try fixture.refs().snapshot() } == .verification)
        unlink(fixture.path + "/packed-refs")
        try fixture.writeLoose("refs/heads/a", fixture.commits[0].hex)
        #expect(mkfifo(fixture.path + "/refs/heads/pipe", 0o644) == 0)
        #expect(try fixture.refs().snapshot().refs.count == 1)
    }

    @Test func linkedFoldersAreNotFollowed() throws {
        let fixture = try RefFixture()
        let elsewhere = fixture.folder.appending("elsewhere")
        try FileManager.default.createDirectory(atPath: elsewhere + "/empty/deep", withIntermediateDirectories: true)
        try fixture.folder.write("elsewhere/secret", text: fixture.commits[2].hex + "\n")
        try FileManager.default.createSymbolicLink(atPath: fixture.path + "/refs/heads", withDestinationPath: elsewhere)
        #expect(try fixture.refs().snapshot().refs.isEmpty)
        try update(fixture, "refs/tags/x")
        #expect(FileManager.default.fileExists(atPath: elsewhere + "/empty/deep"), "a folder elsewhere was removed")
        #expect(code { try update(fixture, "refs/heads/x") } == .verification)
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).sorted() == ["empty", "secret"])
    }

    @Test func aLinkedReferenceIsNotFollowedOrReplaced() throws {
        let fixture = try RefFixture()
        try fixture.folder.write("outside", text: fixture.commits[2].hex + "\n")
        try FileManager.default.createDirectory(atPath: fixture.path + "/refs/heads", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: fixture.path + "/refs/heads/a", withDestinationPath: fixture.folder.appending("outside"))
        #expect(try fixture.refs().snapshot().refs.isEmpty)
        #expect(code { try update(fixture, "refs/heads/a") } == .conflict)
        #expect(try fixture.folder.read("outside") == Array((fixture.commits[2].hex + "\n").utf8))
    }

    @Test(arguments: [
        "ref: ../../etc/passwd", "ref: refs/heads/../../x", "ref: refs/heads/a b", "ref:", "", "\n", "0123",
        "gitdir: /elsewhere", "ref: /etc/passwd", String(repeating: "ref: refs/heads/", count: 2_000),
    ])
    func aBadHeadIsRefused(content: String) throws {
        let fixture = try RefFixture()
        let refs = try fixture.refs()
        try fixture.folder.write("r.git/HEAD", text: content)
        #expect(code { _ = try refs.head() } == .verification)
    }

    @Test func namesThatAreNoTextAreLeftAlone() throws {
        let fixture = try RefFixture()
        let folder = Array((fixture.path + "/refs/heads").utf8)
        try FileManager.default.createDirectory(atPath: fixture.path + "/refs/heads", withIntermediateDirectories: true)
        let raw = (folder + [0x2F, 0xFF]).map { CChar(bitPattern: $0) } + [0]
        let descriptor = open(raw, O_WRONLY | O_CREAT, 0o644)
        try #require(descriptor >= 0)
        #expect(write(descriptor, fixture.commits[0].hex, 40) == 40)
        close(descriptor)
        try update(fixture, "refs/heads/a")
        #expect(try fixture.refs().snapshot().refs.map(\.name.string) == ["refs/heads/a"])
        #expect(access(raw, F_OK) == 0)
    }

    @Test func deepFoldersEndTheSearch() throws {
        let fixture = try RefFixture()
        let deep = Array(repeating: "d", count: 900).joined(separator: "/")
        let outcome = try Tool.run("mkdir", ["-p", fixture.path + "/refs/" + deep])
        try #require(outcome.status == 0)
        try update(fixture, "refs/heads/a")
        #expect(try fixture.refs().snapshot().refs.count == 1)
    }
}
