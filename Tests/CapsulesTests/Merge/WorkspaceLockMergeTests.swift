import Capsules
import Objects
import TestSupport
import Testing
import Versions

/// `amx.lock` merged by capsule.
@Suite struct WorkspaceLockMergeTests {
    /// An entry; equal numbers are the same revision.
    private static func entry(
        _ id: String, _ number: Int, branch: String = "main", source: LockedCapsule.Source = .workspace,
        by: [String] = ["workspace"]
    ) throws -> LockedCapsule {
        let oid = try #require(ObjectID(hex: String(repeating: "\(number)a", count: 20)))
        let digest = try #require(ContentDigest("sha256:" + String(repeating: "\(number)b", count: 32)))
        return LockedCapsule(
            id: try CapsuleID(id), version: SemanticVersion(1, 0, UInt64(number)), line: .branch(branch), commit: oid,
            tree: oid,
            digest: digest, source: source, requestedBy: by)
    }

    private static func lock(_ entries: (String, Int)...) throws -> WorkspaceLock {
        WorkspaceLock(try entries.map { try entry($0.0, $0.1) })
    }

    private func revisions(_ lock: WorkspaceLock) -> [String] {
        lock.capsules.map { "\($0.id) \($0.version.text)" }
    }

    /// Base, ours and theirs as revisions of one capsule (0 for none), the revision of the result, and whether it is a conflict.
    @Test(arguments: [
        ([1, 1, 1], 1, false), ([1, 2, 1], 2, false), ([1, 1, 2], 2, false), ([1, 2, 2], 2, false),
        ([1, 2, 3], 2, true), ([0, 1, 0], 1, false), ([0, 0, 1], 1, false), ([0, 1, 1], 1, false),
        ([0, 1, 2], 1, true),
        ([1, 0, 1], 0, false), ([1, 1, 0], 0, false), ([1, 0, 2], 0, true), ([1, 2, 0], 2, true),
        ([1, 0, 0], 0, false),
    ])
    func oneCapsule(sides: [Int], result: Int, isConflict: Bool) throws {
        let locks = try sides.map { try $0 == 0 ? WorkspaceLock() : Self.lock(("a", $0)) }
        let merge = try WorkspaceLockMerge(base: locks[0], ours: locks[1], theirs: locks[2])
        #expect(merge.lock == (try result == 0 ? WorkspaceLock() : Self.lock(("a", result))))
        #expect(merge.conflicts.isEmpty == !isConflict)
        if isConflict {
            #expect(merge.conflicts[0].path.description == (result == 0 ? "$.capsules" : "$.capsules[0]"))
            let other = try WorkspaceLockMerge(base: locks[0], ours: locks[1], theirs: locks[2], favor: .theirs)
            #expect(other.lock == locks[2])
        }
    }

    @Test func capsulesAreApart() throws {
        let merge = try WorkspaceLockMerge(
            base: Self.lock(("a", 1), ("b", 1), ("c", 1), ("d", 1)),
            ours: Self.lock(("a", 2), ("b", 1), ("c", 2), ("d", 2), ("e", 1)),
            theirs: Self.lock(("a", 1), ("aa", 1), ("b", 2), ("c", 3), ("d", 3)))
        #expect(revisions(merge.lock) == ["a 1.0.2", "aa 1.0.1", "b 1.0.2", "c 1.0.2", "d 1.0.2", "e 1.0.1"])
        #expect(merge.conflicts.map(\.id.string) == ["c", "d"])
        #expect(merge.conflicts.map(\.path.description) == ["$.capsules[3]", "$.capsules[4]"])
    }

    /// Each lane of a capsule is merged by itself.
    @Test func lanesAreApart() throws {
        func lock(_ entries: (String, String?, Int)...) throws -> WorkspaceLock {
            WorkspaceLock(
                try entries.map { id, lane, number in
                    let entry = try Self.entry(id, number)
                    return LockedCapsule(
                        id: entry.id, lane: lane, version: entry.version, line: entry.line, commit: entry.commit,
                        tree: entry.tree, digest: entry.digest, source: entry.source, requestedBy: entry.requestedBy)
                })
        }
        let merge = try WorkspaceLockMerge(
            base: lock(("a", nil, 1), ("a", "next", 1), ("a", "old", 1)),
            ours: lock(("a", nil, 2), ("a", "next", 1), ("a", "old", 2)),
            theirs: lock(("a", nil, 1), ("a", "next", 3), ("a", "old", 3), ("b", "next", 1)))
        #expect(
            merge.lock.capsules.map { "\($0.id) \($0.lane ?? "-") \($0.version)" } == [
                "a - 1.0.2", "a next 1.0.3", "a old 1.0.2", "b next 1.0.1",
            ])
        #expect(merge.conflicts.map(\.path.description) == ["$.capsules[2]"])
        #expect(merge.conflicts.map(\.base?.lane) == ["old"])
    }

    @Test func whoKnowsTheHistoryDecides() throws {
        var asked: [String] = []
        let merge = try WorkspaceLockMerge(
            base: Self.lock(("a", 1), ("b", 1), ("c", 1)), ours: Self.lock(("a", 2), ("b", 2), ("c", 2)),
            theirs: Self.lock(("a", 3), ("b", 3), ("c", 1))
        ) { ours, theirs throws(AmxError) in
            asked.append("\(ours.id) \(ours.version.text) \(theirs.version.text)")
            return ours.id.string == "a" ? .theirs : nil
        }
        #expect(revisions(merge.lock) == ["a 1.0.3", "b 1.0.2", "c 1.0.2"])
        #expect(asked.sorted() == ["a 1.0.2 1.0.3", "b 1.0.2 1.0.3"])
    }

    @Test func theRestOfAnEntryMergesByItself() throws {
        let hub = LockedCapsule.Source.address("https://hub.example/acme")
        let merge = try WorkspaceLockMerge(
            base: WorkspaceLock([Self.entry("a", 1, by: ["b", "workspace"])]),
            ours: WorkspaceLock([Self.entry("a", 2, by: ["c", "workspace"])]),
            theirs: WorkspaceLock([Self.entry("a", 1, source: hub, by: ["b", "d", "workspace"])]))
        #expect(merge.conflicts.isEmpty)
        #expect(merge.lock == WorkspaceLock([try Self.entry("a", 2, source: hub, by: ["c", "d", "workspace"])]))
        // Another branch at the same commit is no other place.
        let branches = try WorkspaceLockMerge(
            base: WorkspaceLock([Self.entry("a", 1)]), ours: WorkspaceLock([Self.entry("a", 2, branch: "x")]),
            theirs: WorkspaceLock([Self.entry("a", 2, branch: "y")]))
        #expect(branches.conflicts.isEmpty && branches.lock.capsules[0].line == .branch("x"))
    }

    /// The file itself: whatever the sides look like as text, the result is canonical.
    @Test func theFileIsCanonical() throws {
        let path = try TreePath("amx.lock")
        let kind = FileKinds.workspace.kind(of: path)
        #expect(kind == .lock)
        let labels = MergeLabels(ours: "o", theirs: "t")
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let ids = ["a", "b", "c", "d", "e"]
            func side() throws -> WorkspaceLock {
                WorkspaceLock(
                    try ids.compactMap { id in
                        let number = Int.random(in: 0...3, using: &generator)
                        return number == 0 ? nil : try Self.entry(id, number)
                    })
            }
            let (base, ours, theirs) = (try side(), try side(), try side())
            guard ours != theirs else { continue }
            let merge = try FileMerge(
                kind, base: base.encoded, ours: ours.encoded, theirs: theirs.encoded, labels: labels)
            let lock = try WorkspaceLock.parse(merge.content)
            #expect(lock.encoded == merge.content)
            let mirrored = try FileMerge(
                kind, base: base.encoded, ours: theirs.encoded, theirs: ours.encoded, labels: labels)
            #expect((mirrored.conflict == nil) == (merge.conflict == nil))
            if merge.conflict == nil { #expect(mirrored.content == merge.content) }
            for id in try ids.map({ try CapsuleID($0) }) { #expect([ours[id], theirs[id]].contains(lock[id])) }
        }
        // What is no lock is kept as ours, with theirs beside it.
        let broken = try FileMerge(
            kind, base: nil, ours: Self.lock(("a", 1)).encoded, theirs: Array("{}".utf8), labels: labels)
        #expect(try broken.content == Self.lock(("a", 1)).encoded && broken.conflict?.keepsTheirs == true)
    }

    @Test(arguments: [
        ("amx.json", FileKind.json(.manifest), ConflictType.configuration), ("amx.lock", .lock, .dependency),
        ("knowledge/volumes/handbook/manifest.yaml", .yaml(.manifest), .knowledge),
        ("knowledge/libraries/tools/package.json", .json(.manifest), .knowledge),
        ("knowledge/libraries/tools/other/package.json", .json(.document), .data), ("agents/a.md", .other, .data),
    ])
    func filesOfAWorkspace(path: String, kind: FileKind, type: ConflictType) throws {
        #expect(try FileKinds.workspace.kind(of: TreePath(path)) == kind)
        #expect(try FileKinds.workspace.type(of: TreePath(path), values: []) == type)
    }
}
