import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// What a status knows from the last time must never hide a change.
@Suite struct StatusCacheTests {
    /// A change of a workspace that a status shows or that it at least depends on.
    struct Mutation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let apply: @Sendable (WorkspaceFixture, WorkspaceCapsule, WorkspaceCapsule) throws -> Void

        init(
            _ name: String,
            _ apply: @escaping @Sendable (WorkspaceFixture, WorkspaceCapsule, WorkspaceCapsule) throws -> Void
        ) {
            testDescription = name
            self.apply = apply
        }
    }

    private static let mutations = [
        Mutation("a file of the same size") { fixture, directory, _ in
            let text = try String(
                contentsOfFile: fixture.workspace.directoryPath(directory.id) + "/README.md", encoding: .utf8)
            try fixture.write(directory, "README.md", String(text.reversed()))
        },
        Mutation("a mode") { fixture, directory, _ in
            #expect(chmod(fixture.workspace.directoryPath(directory.id) + "/README.md", 0o755) == 0)
        },
        Mutation("a new file in a folder that was empty") { fixture, directory, _ in
            try fixture.write(directory, "empty/new.txt", "new\n")
        },
        Mutation("a deleted file") { fixture, directory, _ in
            try FileManager.default.removeItem(atPath: fixture.workspace.directoryPath(directory.id) + "/README.md")
        },
        Mutation("a symbolic link") { fixture, directory, _ in
            let path = fixture.workspace.directoryPath(directory.id) + "/knowledge/link"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "x")
        },
        Mutation("a loose branch of another tool") { fixture, directory, _ in
            let commit = try fixture.git(directory, "commit-tree", "-m", "x", "main^{tree}", "-p", "main")
            try fixture.git(directory, "update-ref", "refs/heads/main", commit)
        },
        Mutation("HEAD on another branch") { fixture, directory, _ in
            try fixture.git(directory, "symbolic-ref", "HEAD", "refs/heads/other")
        },
        Mutation("a remote branch") { fixture, _, packed in
            let repository = try #require(try packed.repository())
            let name = try #require(RefName(remote: "origin", branch: "main"))
            let first = try #require(ObjectID(hex: fixture.git(packed, "rev-parse", "main~1")))
            try repository.refs.commit([RefUpdate(name, expected: .missing, new: first)])
        },
        Mutation("another .kc file") { fixture, _, packed in
            let path = fixture.workspace.packedPath(packed.id)
            try FileManager.default.removeItem(atPath: path)
            try fixture.folder.write("knowledge/capsules/\(packed.id).kc", text: "no archive")
        },
        Mutation("both forms") { fixture, _, packed in
            try fixture.folder.write("knowledge/capsules/\(packed.id)/x.txt", text: "x")
        },
        Mutation("no form") { fixture, _, packed in
            try FileManager.default.removeItem(atPath: fixture.workspace.packedPath(packed.id))
        },
        Mutation("no repository") { fixture, directory, _ in
            try FileManager.default.removeItem(atPath: fixture.workspace.repositoryPath(directory.id))
        },
    ]

    @Test(arguments: mutations)
    func everyChangeIsSeen(_ mutation: Mutation) throws {
        let fixture = try WorkspaceFixture()
        let (directory, packed) = (try fixture.new("a"), try fixture.new("b"))
        try FileManager.default.createDirectory(
            atPath: fixture.workspace.directoryPath(directory.id) + "/empty", withIntermediateDirectories: true)
        for capsule in [directory, packed] { try fixture.commit(capsule) }
        try fixture.write(packed, "more.txt", "more\n")
        try fixture.commit(packed)
        _ = try fixture.workspace.write { () throws(AmxError) in try packed.pack() }
        let ids = [directory.id, packed.id]
        let clean = try Self.remember(ids, in: fixture)
        try mutation.apply(fixture, directory, packed)
        let seen = fixture.workspace.statuses(of: ids)
        let looked = ids.map { fixture.workspace.capsule($0).statusOrProblem() }
        #expect(Self.texts(seen) == Self.texts(looked))
        #expect(Self.texts(looked) != clean)
    }

    @Test func whatHasNotChangedIsNotOpened() throws {
        let fixture = try WorkspaceFixture()
        let capsules = try ["a", "b"].map { try fixture.new($0) }
        for capsule in capsules { try fixture.commit(capsule) }
        try Self.remember(capsules.map(\.id), in: fixture)
        // Without its objects, a repository that is opened has no status.
        for capsule in capsules {
            try FileManager.default.removeItem(atPath: fixture.workspace.repositoryPath(capsule.id) + "/objects")
        }
        #expect(fixture.workspace.statuses(of: capsules.map(\.id)).map(\.state) == [.clean, .clean])
        #expect(fixture.workspace.capsule(capsules[0].id).statusOrProblem().state == .conflict)
    }

    @Test func whatChangedJustBeforeIsNotRemembered() throws {
        let fixture = try WorkspaceFixture()
        let capsules = try ["a", "b"].map { try fixture.new($0) }
        for capsule in capsules { try fixture.commit(capsule) }
        try Self.wait()
        try fixture.write(capsules[0], "README.md", "one\n")
        try fixture.commit(capsules[0])
        // As if it had just changed, however long the test takes to look.
        let path = fixture.workspace.directoryPath(capsules[0].id) + "/README.md"
        try FileManager.default.setAttributes([.modificationDate: Date() + 3_600], ofItemAtPath: path)
        _ = fixture.workspace.statuses(of: capsules.map(\.id))
        let cache = StatusCache(fixture.workspace)
        #expect(cache.count <= 1)
    }

    @Test func aDamagedFileOnlyCostsTime() throws {
        let fixture = try WorkspaceFixture()
        let ids = try ["a", "b"].map { try fixture.new($0).id }
        for id in ids { try fixture.commit(fixture.workspace.capsule(id)) }
        try Self.remember(ids, in: fixture)
        let path = fixture.workspace.cacheDirectory + "/status"
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var bytes = whole
            if Bool.random(using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
            } else {
                bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(StatusCache(fixture.workspace).count == 0)
        }
        try Data(whole).write(to: URL(fileURLWithPath: path))
        #expect(StatusCache(fixture.workspace).count == 2)
        // Another configuration may count ahead and behind against another branch.
        try fixture.workspace.configuration().set("user.name", "Bob")
        #expect(StatusCache(fixture.workspace).count == 0)
    }

    /// Lets the cache learn the statuses, and makes sure that it has.
    @discardableResult
    private static func remember(_ ids: [CapsuleID], in fixture: WorkspaceFixture) throws -> [String] {
        try wait()
        let statuses = fixture.workspace.statuses(of: ids)
        #expect(statuses.map(\.state) == ids.map { _ in .clean })
        #expect(StatusCache(fixture.workspace).count == ids.count)
        return texts(statuses)
    }

    /// Waits until the clock of files has moved on.
    private static func wait() throws { usleep(60_000) }

    private static func texts(_ statuses: [CapsuleStatus]) -> [String] {
        statuses.map { status in
            let changes = status.changes.map { "\($0.status.rawValue) \($0.path.string)" }.joined(separator: ",")
            return
                "\(status.id) \(status.head?.hex ?? "-") \(status.form?.rawValue ?? "-") \(status.branch) \(status.state.rawValue) \(changes) "
                + "\(status.upstream ?? "-") \(status.ahead) \(status.behind) \(status.problem?.message ?? "")"
        }
    }
}
