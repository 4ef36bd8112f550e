import Foundation
import TestSupport
import Testing

@testable import Objects

/// A writer that is killed at any moment leaves the old state or the new one, and the next writer goes on.
@Suite(.serialized) struct RefCrashTests {
    @Test(arguments: 0..<12)
    func killedWriter(seed: Int) async throws {
        let fixture = try RefFixture()
        let names = try (0..<5).map { try RefFixture.name("refs/heads/n\($0)") }
        try fixture.refs().commit(names.map { RefUpdate($0, expected: .missing, new: fixture.commits[0]) })
        // Loose files as another tool leaves them, so that folding is cut off too.
        for name in names where seed % 2 == 0 {
            try fixture.writeLoose(name.string, fixture.commits[0].hex + "\n")
        }
        let path = fixture.path
        let targets = fixture.commits.map(\.hex).joined(separator: " ")
        var random = SeededGenerator(seed: UInt64(seed))
        let delay = UInt32.random(in: 0...60_000, using: &random)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, targets = targets as String, delay = delay as UInt32] in
            let names = (0..<5).compactMap { RefName("refs/heads/n\($0)") }
            let ids = targets.split(separator: " ").compactMap { ObjectID(hex: $0) }
            Thread {
                usleep(delay)
                kill(getpid(), SIGKILL)
            }.start()
            for round in 0... {
                let refs = try Repository(opening: path).refs
                try refs.commit(names.map { RefUpdate($0, expected: .any, new: ids[round % ids.count]) })
            }
        }
        let values = Set(try fixture.refs().snapshot().refs.map(\.id))
        #expect(values.count == 1, "the state is mixed")
        let lines = Set(try fixture.gitLines().map { $0.prefix(40) })
        #expect(lines == Set(values.map { $0.hex.prefix(40) }))
        // Nothing that was left behind stops git for good, nor the next change.
        try fixture.refs().commit(names.map { RefUpdate($0, expected: .any, new: fixture.commits[2]) })
        #expect(try Set(fixture.refs().snapshot().refs.map(\.id)) == [fixture.commits[2]])
        try fixture.git("pack-refs", "--all")
        try fixture.git("update-ref", "refs/heads/n0", fixture.commits[1].hex)
        #expect(try fixture.git("fsck", "--strict", "--no-dangling").isEmpty)
        let left = try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.hasSuffix(".lock") }
        #expect(left == ["amx.lock"])
    }
}
