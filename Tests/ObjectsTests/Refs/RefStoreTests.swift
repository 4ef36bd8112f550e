import Foundation
import Objects
import TestSupport
import Testing

/// Reading and changing references, with git as the oracle.
struct RefStoreTests {
    private func update(_ name: String, _ new: ObjectID?, expected: RefUpdate.Expectation = .any) throws -> RefUpdate {
        RefUpdate(try RefFixture.name(name), expected: expected, new: new)
    }

    @Test func snapshotAgreesWithGit() throws {
        let fixture = try RefFixture()
        let refs = try fixture.refs()
        #expect(try refs.snapshot().refs.isEmpty)
        try refs.commit([
            update("refs/heads/main", fixture.commits[0]), update("refs/heads/a/b", fixture.commits[1]),
            update("refs/heads/a-b", fixture.commits[1]), update("refs/tags/v1", fixture.tag),
            update("refs/tags/v2", fixture.nestedTag), update("refs/amx/base", fixture.commits[2]),
            update("refs/heads/é", fixture.commits[3]),
        ])
        let snapshot = try refs.snapshot()
        #expect(try fixture.lines(snapshot) == fixture.gitLines())
        #expect(snapshot.headID == fixture.commits[0])
        #expect(snapshot.branches.count == 4)
        #expect(snapshot.tags.map(\.commit) == [fixture.commits[0], fixture.commits[0]])
        #expect(try fixture.git("rev-parse", "HEAD") == fixture.commits[0].hex)
        #expect(try fixture.git("fsck", "--strict").isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.path + "/refs").isEmpty)
    }

    @Test func randomChangesByAmxAndGitAgree() throws {
        let fixture = try RefFixture()
        var random = SeededGenerator(seed: 21)
        let names = (0..<12).map { "refs/heads/\(["x", "y", "d/x", "d/y", "d/e/z"][$0 % 5])\($0)" }
        for round in 0..<40 {
            let name = names.randomElement(using: &random) ?? names[0]
            let id = fixture.commits.randomElement(using: &random) ?? fixture.commits[0]
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try fixture.git("update-ref", name, id.hex)
            case 1: try fixture.git("update-ref", "-d", name)
            case 2: try fixture.git("pack-refs", "--all")
            case 3: try fixture.git("tag", "-f", "-a", "-m", "m", "t\(round % 3)", id.hex)
            default:
                let chosen = Set((0..<3).compactMap { _ in names.randomElement(using: &random) })
                let updates = try chosen.map { try update($0, Bool.random(using: &random) ? id : nil) }
                try fixture.refs().commit(updates)
            }
            let snapshot = try fixture.refs().snapshot()
            #expect(try fixture.lines(snapshot) == fixture.gitLines(), "round \(round)")
        }
        #expect(try fixture.git("fsck", "--strict", "--no-dangling").isEmpty)
    }

    @Test func expectations() throws {
        let fixture = try RefFixture()
        let refs = try fixture.refs()
        let (first, second) = (fixture.commits[0], fixture.commits[1])
        try refs.commit([update("refs/heads/a", first, expected: .missing)])
        let refused: [RefUpdate] = try [
            update("refs/heads/a", second, expected: .missing), update("refs/heads/a", second, expected: .id(second)),
            update("refs/heads/b", second, expected: .id(first)), update("refs/heads/a", nil, expected: .id(second)),
        ]
        for refusal in refused {
            // The other change of the same commit must not happen either.
            #expect { try refs.commit([update("refs/heads/other", second), refusal]) } throws: {
                ($0 as? AmxError)?.code == .conflict
            }
        }
        #expect(try refs.snapshot().refs.map(\.name.string) == ["refs/heads/a"])
        try refs.commit([update("refs/heads/a", second, expected: .id(first))])
        try refs.commit([update("refs/heads/a", nil, expected: .id(second))])
        try refs.commit([update("refs/heads/never", nil)])
        #expect(try refs.snapshot().refs.isEmpty)
    }

    @Test func whatCannotBeAReferenceIsRefused() throws {
        let fixture = try RefFixture()
        let refs = try fixture.refs()
        let absent = try RefFixture.id(String(repeating: "5", count: 40))
        #expect { try refs.commit([update("refs/heads/a", absent)]) } throws: { ($0 as? AmxError)?.code == .notFound }
        #expect { try refs.commit([update("refs/heads/a", .zero)]) } throws: { ($0 as? AmxError)?.code == .notFound }
        #expect(throws: AmxError.self) { try refs.commit([update("refs/heads/a", fixture.tag)]) }
        #expect(throws: AmxError.self) {
            try refs.commit([update("refs/heads/a", fixture.commits[0]), update("refs/heads/a", fixture.commits[1])])
        }
        #expect(try refs.snapshot().refs.isEmpty)
    }

    @Test(arguments: [
        (["refs/heads/a"], "refs/heads/a/b"), (["refs/heads/a/b"], "refs/heads/a"),
        (["refs/heads/a/b/c"], "refs/heads/a"), (["refs/heads/a-b", "refs/heads/a/b"], "refs/heads/a"),
    ])
    func folderConflicts(existing: [String], new: String) throws {
        for isLoose in [false, true] {
            let fixture = try RefFixture()
            let refs = try fixture.refs()
            if isLoose {
                for name in existing { try fixture.git("update-ref", name, fixture.commits[0].hex) }
            } else {
                try refs.commit(existing.map { try update($0, fixture.commits[0]) })
            }
            #expect { try refs.commit([update(new, fixture.commits[0])]) } throws: {
                ($0 as? AmxError)?.code == .conflict
            }
            #expect(try Set(refs.snapshot().refs.map(\.name.string)) == Set(existing))
            // Exchanging the two in one step is fine.
            try refs.commit(existing.map { try update($0, nil) } + [update(new, fixture.commits[1])])
            #expect(try refs.snapshot().refs.map(\.name.string) == [new])
            #expect(try fixture.git("rev-parse", new) == fixture.commits[1].hex)
        }
    }

    @Test func aConflictOfOthersDoesNotBlockTheStore() throws {
        let fixture = try RefFixture()
        let id = fixture.commits[0]
        try fixture.folder.write("r.git/packed-refs", text: "\(id) refs/heads/x\n\(id) refs/heads/x/y\n")
        try fixture.refs().commit([update("refs/heads/main", id)])
        #expect(try fixture.refs().snapshot().refs.count == 3)
    }

    @Test func looseReferencesShadowAndAreFoldedIn() throws {
        let fixture = try RefFixture()
        let refs = try fixture.refs()
        try refs.commit([update("refs/heads/a", fixture.commits[0]), update("refs/heads/b", fixture.commits[0])])
        try fixture.git("update-ref", "refs/heads/a", fixture.commits[1].hex)
        try fixture.git("update-ref", "refs/tags/deep/v1", fixture.nestedTag.hex)
        #expect(fixture.exists("refs/heads/a"))
        let snapshot = try refs.snapshot()
        #expect(snapshot[try RefFixture.name("refs/heads/a")]?.id == fixture.commits[1])
        #expect(snapshot[try RefFixture.name("refs/tags/deep/v1")]?.peeled == fixture.commits[0])
        // The loose value is what an expectation is held against.
        #expect(throws: AmxError.self) {
            try refs.commit([update("refs/heads/a", fixture.commits[2], expected: .id(fixture.commits[0]))])
        }
        try refs.commit([update("refs/heads/a", fixture.commits[2], expected: .id(fixture.commits[1]))])
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.path + "/refs").isEmpty)
        #expect(try fixture.lines(refs.snapshot()) == fixture.gitLines())
    }

    @Test func tagsOfAFileThatIsNotPeeledArePeeled() throws {
        let fixture = try RefFixture()
        let text = "\(fixture.commits[0]) refs/heads/main\n\(fixture.nestedTag) refs/other/v2\n"
        for header in ["", "# pack-refs with: peeled \n"] {
            try fixture.folder.write("r.git/packed-refs", text: header + text)
            #expect(try fixture.lines(fixture.refs().snapshot()) == fixture.gitLines())
            try fixture.refs().commit([update("refs/heads/other", fixture.commits[0])])
            #expect(try fixture.lines(fixture.refs().snapshot()) == fixture.gitLines())
            #expect(try fixture.gitLines().contains("\(fixture.commits[0]) refs/other/v2^{}"))
        }
    }

    @Test func symbolicReferencesAreLeftAlone() throws {
        let fixture = try RefFixture()
        let refs = try fixture.refs()
        try refs.commit([update("refs/remotes/origin/main", fixture.commits[0])])
        try fixture.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
        try refs.commit([update("refs/heads/main", fixture.commits[0])])
        #expect(try fixture.git("symbolic-ref", "refs/remotes/origin/HEAD") == "refs/remotes/origin/main")
        for name in ["refs/remotes/origin/HEAD", "refs/remotes/origin", "refs/remotes/origin/HEAD/x"] {
            #expect { try refs.commit([update(name, fixture.commits[0])]) } throws: {
                ($0 as? AmxError)?.code == .conflict
            }
        }
    }

    @Test func headIsReadAndSet() throws {
        let fixture = try RefFixture()
        let refs = try fixture.refs()
        #expect(try refs.head() == .branch(try RefFixture.name("refs/heads/main")))
        #expect(try refs.snapshot().headID == nil)
        try refs.commit([update("refs/heads/dev", fixture.commits[1])])
        try refs.setHead(try RefFixture.name("refs/heads/dev"))
        #expect(try fixture.git("symbolic-ref", "HEAD") == "refs/heads/dev")
        #expect(try refs.snapshot().headID == fixture.commits[1])
        try fixture.git("update-ref", "--no-deref", "HEAD", fixture.commits[0].hex)
        #expect(try refs.head() == .detached(fixture.commits[0]))
    }

    @Test func theModificationTimeAlwaysMoves() throws {
        let fixture = try RefFixture()
        let refs = try fixture.refs()
        func time() throws -> Int {
            let text = try Tool.run("stat", ["-c", "%.9Y", fixture.path + "/packed-refs"]).text
            return try #require(Int(text.filter(\.isNumber)))
        }
        try refs.commit([update("refs/heads/a", fixture.commits[0])])
        var last = try time()
        // From the future, and at the end of a second.
        _ = try Tool.run("touch", ["-d", "2038-01-01T00:00:00.999999999Z", fixture.path + "/packed-refs"])
        for index in 0..<6 {
            try refs.commit([update("refs/heads/a", fixture.commits[index % 2])])
            let now = try time()
            #expect(now > last)
            last = now
        }
    }
}
