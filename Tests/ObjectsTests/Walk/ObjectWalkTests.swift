import Foundation
import Objects
import TestSupport
import Testing

/// Which objects are sent, against `git rev-list --objects`.
struct ObjectWalkTests {
    private func hexes(_ objects: [PackObject]) -> [String] { objects.map(\.id.hex) }

    @Test(arguments: [History.Clock.sane, .frozen, .wild], [1, 2, 3] as [UInt64])
    func agreesWithRevList(clock: History.Clock, seed: UInt64) throws {
        let history = try History(seed: seed, count: 60, clock: clock)
        let repository = try Repository(opening: history.path)
        var random = SeededGenerator(seed: seed &+ 100)
        for round in 0..<14 {
            let wants = (0..<Int.random(in: 1...3, using: &random)).compactMap { _ in
                history.commits.randomElement(using: &random)
            }
            let haves = (0..<(round % 4)).compactMap { _ in history.commits.randomElement(using: &random) }
            let not = haves.isEmpty ? [] : ["--not"] + haves.map(\.hex)
            let found = hexes(try ObjectWalk(repository).objects(wants: wants, haves: haves))
            let ours = Set(found)
            #expect(ours.count == found.count, "an object twice")
            let reachable = Set(try history.revList(["--objects"] + wants.map(\.hex)))
            let held = haves.isEmpty ? [] : Set(try history.revList(["--objects"] + haves.map(\.hex)))
            #expect(reachable.subtracting(held).subtracting(ours).isEmpty, "something is missing")
            #expect(ours.subtracting(reachable).isEmpty)
            guard clock != .wild else { continue }
            let git = Set(try history.revList(["--objects"] + wants.map(\.hex) + not))
            #expect(ours.subtracting(git).isEmpty, "more than git sends")
            let commits = Set(try history.revList(wants.map(\.hex) + not))
            #expect(commits == ours.intersection(Set(history.commits.map(\.hex))))
            // Alike but for contents that the receiver has from an older commit, which git may send again.
            #expect(git.subtracting(ours).subtracting(held).isEmpty)
        }
    }

    @Test func nothingIsMissingFromWhatIsThere() throws {
        let history = try History(seed: 4, count: 30, clock: .sane)
        let repository = try Repository(opening: history.path)
        let last = try #require(history.commits.last)
        #expect(try ObjectWalk(repository).objects(wants: [last], haves: [last]).isEmpty)
        let absent = try #require(ObjectID(hex: String(repeating: "7", count: 40)))
        let all = try ObjectWalk(repository).objects(wants: [last], haves: [absent])
        #expect(try Set(hexes(all)) == Set(history.revList(["--objects", last.hex])))
        #expect { try ObjectWalk(repository).objects(wants: [absent], haves: []) } throws: {
            ($0 as? AmxError)?.code == .notFound
        }
    }

    @Test(arguments: [
        (ObjectFilter.noBlobs, "blob:none"), (.blobsBelow(0), "blob:limit=0"), (.blobsBelow(10), "blob:limit=10"),
        (.blobsBelow(11), "blob:limit=11"), (.blobsBelow(1 << 20), "blob:limit=1m"), (.treeDepth(0), "tree:0"),
        (.treeDepth(1), "tree:1"), (.treeDepth(2), "tree:2"), (.treeDepth(3), "tree:3"), (.treeDepth(9), "tree:9"),
    ])
    func filtersAgreeWithGit(filter: ObjectFilter, text: String) throws {
        for seed in [5, 6] as [UInt64] {
            let history = try History(seed: seed, count: 25, clock: .sane)
            let repository = try Repository(opening: history.path)
            var walk = ObjectWalk(repository)
            walk.filter = filter
            let last = try #require(history.commits.last)
            let tree = try Tool.git(["rev-parse", "\(last.hex)^{tree}"], in: history.path)
            let blob = try #require(
                try Tool.git(["ls-tree", "-r", "--object-only", last.hex], in: history.path).split(separator: "\n")
                    .first)
            var union: Set<String> = []
            for want in [last.hex, tree, String(blob)] {
                let id = try #require(ObjectID(hex: want))
                let ours = hexes(try walk.objects(wants: [id], haves: []))
                let git = Set(try history.revList(["--objects", "--filter=\(text)", want]))
                #expect(git.symmetricDifference(ours).isEmpty, "\(text)")
                #expect(Set(ours).count == ours.count)
                union.formUnion(git)
            }
            // Of several, git drops a wanted object that it also meets, filtered, below another. A client asked for it.
            let wants = [last, try #require(ObjectID(hex: tree)), try #require(ObjectID(hex: blob))]
            let ours = hexes(try walk.objects(wants: wants, haves: []))
            #expect(union.symmetricDifference(ours).isEmpty)
            #expect(Set(ours).count == ours.count)
        }
    }

    @Test func shallowBoundariesAgreeWithGit() throws {
        for seed in [7, 8, 9] as [UInt64] {
            let history = try History(seed: seed, count: 40, clock: .sane)
            let repository = try Repository(opening: history.path)
            let last = try #require(history.commits.last)
            let cut = Array(history.commits[20..<26])
            var walk = ObjectWalk(repository)
            walk.shallow = Set(cut)
            let ours = hexes(try walk.objects(wants: [last], haves: []))
            let kept = hexes(try walk.objects(wants: [last], haves: [history.commits[30]]))
            try history.folder.write("h.git/shallow", text: cut.map { $0.hex + "\n" }.joined())
            let whole = try Set(history.revList(["--objects", last.hex]))
            #expect(whole.symmetricDifference(ours).isEmpty)
            let git = try Set(history.revList(["--objects", last.hex, "--not", history.commits[30].hex]))
            #expect(Set(kept).isSubset(of: git))
            let held = try Set(history.revList(["--objects", history.commits[30].hex]))
            #expect(Set(kept).isSuperset(of: Set(ours).subtracting(held)))
        }
    }

    @Test func aCloneWithoutItsPastIsWalkedAndADamagedOneIsNot() throws {
        let history = try History(seed: 10, count: 30, clock: .sane, isLinear: true)
        let last = try #require(history.commits.last)
        try Tool.git(["update-ref", "refs/heads/main", last.hex], in: history.path)
        let clone = history.folder.appending("clone.git")
        try Tool.git(
            ["clone", "-q", "--bare", "--depth=5", "--branch=main", "file://\(history.path)", clone],
            in: history.folder.path)
        let found = try ObjectWalk(Repository(opening: clone)).objects(wants: [last], haves: [])
        let git = try Tool.git(["rev-list", "--objects", last.hex], in: clone)
        let expected = Set(git.split(separator: "\n").map { String($0.prefix(40)) })
        #expect(expected.symmetricDifference(hexes(found)).isEmpty)
        // Without the list of where it was cut, the same repository is damaged.
        try FileManager.default.removeItem(atPath: clone + "/shallow")
        #expect { try ObjectWalk(Repository(opening: clone)).objects(wants: [last], haves: []) } throws: {
            ($0 as? AmxError)?.code == .verification
        }
    }

    @Test func tagsComeWithWhatTheyAreAbout() throws {
        let history = try History(seed: 11, count: 10, clock: .sane)
        try Tool.git(["tag", "-a", "-m", "m", "one", history.commits[4].hex], in: history.path)
        try Tool.git(["tag", "-a", "-m", "m", "two", "one"], in: history.path)
        let id = try #require(ObjectID(hex: try Tool.git(["rev-parse", "two"], in: history.path)))
        let found = try ObjectWalk(Repository(opening: history.path)).objects(wants: [id, id], haves: [])
        #expect(try Set(hexes(found)) == Set(history.revList(["--objects", "two"])))
        #expect(Set(hexes(found)).count == found.count)
    }

    @Test func packsOfAWalkAreAcceptedByGit() throws {
        let history = try History(seed: 12, count: 50, clock: .sane)
        let repository = try Repository(opening: history.path)
        let last = try #require(history.commits.last)
        for haves in [[], [history.commits[30]]] {
            let objects = try ObjectWalk(repository).objects(wants: [last], haves: haves)
            var pack: [UInt8] = []
            try PackWriter().write(objects, of: repository) { pack.append(contentsOf: $0) }
            let target = try TemporaryDirectory()
            _ = try Repository.create(at: target.appending("t.git"))
            let out = target.appending("t.git")
            if let have = haves.first {
                // What the receiver has already.
                let base = try Tool.run(
                    "git", ["pack-objects", "--revs", "--stdout", "-q"], in: history.path,
                    environment: Tool.gitEnvironment, input: Array("\(have)\n".utf8))
                try Tool.git(["index-pack", "--stdin", "--strict"], in: out, input: base.output)
            }
            try Tool.git(["index-pack", "--stdin", "--strict"], in: out, input: pack)
            try Tool.git(["update-ref", "refs/heads/main", last.hex], in: out)
            #expect(try Tool.git(["fsck", "--strict", "--no-dangling"], in: out).isEmpty)
            let listing = try Tool.git(["rev-list", "--objects", "main"], in: out)
            #expect(listing.split(separator: "\n").count >= objects.count)
        }
    }

    @Test func deepTreesOfOthersAreRefusedNotRecursedInto() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("r.git")
        _ = try Repository.create(at: path)
        let staging = try ObjectStaging(for: path)
        var tree = try staging.add([], kind: .tree)
        for _ in 0..<20_000 {
            let entry = TreeEntry(mode: 0o40000, name: [0x61], id: tree)
            tree = try staging.add(TreeEntry.encode([entry]), kind: .tree)
        }
        func commit(_ parents: [ObjectID]) throws -> ObjectID {
            let person = Signature(name: "T", email: "t@e.x", time: 1_600_000_000, offset: 0)
            let commit = Commit(tree: tree, parents: parents, author: person, committer: person, message: "\(parents)")
            return try staging.add(commit.encoded, kind: .commit)
        }
        let first = try commit([])
        let second = try commit([first])
        try staging.publish()
        let repository = try Repository(opening: path)
        #expect(throws: AmxError.self) { try ObjectWalk(repository).objects(wants: [first], haves: []) }
        #expect(throws: AmxError.self) { try repository.files(ofTree: tree) }
        // On the receiver's side it is only marked.
        #expect(try ObjectWalk(repository).objects(wants: [second], haves: [first]).map(\.id) == [second])
    }
}
