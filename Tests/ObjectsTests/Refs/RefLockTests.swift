import Foundation
import TestSupport
import Testing

@testable import Objects

/// Lock files: stale ones of our own go, those of other tools are waited for.
struct RefLockTests {
    private func commit(_ fixture: RefFixture, _ id: ObjectID) throws {
        try fixture.refs().commit([RefUpdate(RefFixture.name("refs/heads/a"), expected: .any, new: id)])
    }

    private func value(_ fixture: RefFixture) throws -> ObjectID? {
        try fixture.refs().snapshot()[RefFixture.name("refs/heads/a")]?.id
    }

    @Test(arguments: ["packed-refs.lock", "refs/heads/a.lock"])
    func staleLocksOfOursAreRemoved(lock: String) throws {
        let fixture = try RefFixture()
        try commit(fixture, fixture.commits[0])
        // As a killed process leaves it: a link to the store's lock file, or a copy of the repository with a file.
        try FileManager.default.createDirectory(atPath: fixture.path + "/refs/heads", withIntermediateDirectories: true)
        try FileManager.default.linkItem(atPath: fixture.path + "/amx.lock", toPath: "\(fixture.path)/\(lock)")
        try commit(fixture, fixture.commits[1])
        #expect(try value(fixture) == fixture.commits[1])
        #expect(!fixture.exists(lock))
        try fixture.folder.write("r.git/" + lock, RefLock.mark)
        try commit(fixture, fixture.commits[2])
        #expect(try value(fixture) == fixture.commits[2])
        #expect(!fixture.exists(lock))
    }

    @Test(arguments: ["", "somebody else's", "amx lock\nand more"])
    func foreignLockOfAReferenceIsReported(content: String) throws {
        let fixture = try RefFixture()
        try commit(fixture, fixture.commits[0])
        try fixture.folder.write("r.git/refs/heads/a.lock", text: content)
        #expect {
            try commit(fixture, fixture.commits[1])
        } throws: { error in
            guard let error = error as? AmxError else { return false }
            return error.code == .conflict && error.message.contains("refs/heads/a.lock") && error.hint != nil
        }
        #expect(try value(fixture) == fixture.commits[0])
        #expect(fixture.exists("refs/heads/a.lock"))
        #expect(!fixture.exists("packed-refs.lock"))
    }

    @Test func foreignLockIsWaitedFor() throws {
        let fixture = try RefFixture()
        try commit(fixture, fixture.commits[0])
        let lock = try fixture.folder.write("r.git/packed-refs.lock", text: "")
        let remover = Thread {
            usleep(300_000)
            unlink(lock)
        }
        let start = Date()
        remover.start()
        try commit(fixture, fixture.commits[1])
        #expect(Date().timeIntervalSince(start) > 0.2)
        #expect(try value(fixture) == fixture.commits[1])
    }

    @Test func gitWaitsForOurs() throws {
        let fixture = try RefFixture()
        try commit(fixture, fixture.commits[0])
        let own = fixture.path + "/amx.lock"
        var held: RefLock? = try RefLock(fixture.path + "/packed-refs.lock", own: own, timeout: 0)
        let outcome = try Tool.run(
            "git", ["-c", "core.packedRefsTimeout=10", "pack-refs", "--all"], in: fixture.path,
            environment: Tool.gitEnvironment)
        #expect(outcome.status != 0)
        #expect(held != nil)
        held = nil
        #expect(throws: Never.self) { try fixture.git("pack-refs", "--all") }
    }

    @Test func leftoversOfAWriteAreReplaced() throws {
        let fixture = try RefFixture()
        try commit(fixture, fixture.commits[0])
        try fixture.folder.write("r.git/packed-refs.amx", text: "half a line")
        try commit(fixture, fixture.commits[1])
        #expect(try value(fixture) == fixture.commits[1])
        #expect(!fixture.exists("packed-refs.amx"))
    }
}
