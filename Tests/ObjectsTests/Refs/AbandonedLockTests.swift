import Foundation
import TestSupport
import Testing

@testable import Objects

/// What a killed process leaves of references that nobody changes again.
struct AbandonedLockTests {
    @Test func locksOfOtherReferencesAreRemoved() throws {
        let fixture = try RefFixture()
        func commit(_ name: String) throws {
            try fixture.refs().commit([RefUpdate(RefFixture.name(name), expected: .any, new: fixture.commits[0])])
        }
        try commit("refs/heads/a")
        let abandoned = ["refs/heads/b.lock", "refs/heads/deep/er/c.lock", "refs/tags/v1.lock"]
        for lock in abandoned {
            let path = "\(fixture.path)/\(lock)"
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try FileManager.default.linkItem(atPath: fixture.path + "/amx.lock", toPath: path)
        }
        try fixture.folder.write("r.git/refs/heads/foreign.lock", text: "git's\n")
        // The lock is in git's way until the next change.
        #expect(
            try Tool.run("git", ["update-ref", "refs/heads/b", fixture.commits[0].hex], in: fixture.path).status != 0)
        try commit("refs/heads/a")
        #expect(abandoned.filter { fixture.exists($0) } == [])
        #expect(fixture.exists("refs/heads/foreign.lock"))
        try fixture.git("update-ref", "refs/heads/b", fixture.commits[0].hex)
    }
}
