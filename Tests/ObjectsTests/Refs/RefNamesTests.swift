import Objects
import TestSupport
import Testing

/// What the files alone say of references, as git sees it.
@Suite struct RefNamesTests {
    private func gitNames(_ fixture: RefFixture) throws -> [String] {
        try fixture.git("for-each-ref", "--format=%(objectname) %(refname)").split(separator: "\n").map(String.init)
    }

    private func names(_ fixture: RefFixture) throws -> [String] {
        try RefSnapshot.names(in: fixture.path).map { "\($0.id) \($0.name.string)" }
    }

    @Test func laysLooseReferencesOverPackedOnes() throws {
        let fixture = try RefFixture()
        #expect(try names(fixture).isEmpty)
        for (name, id) in [
            ("refs/heads/main", fixture.commits[0]), ("refs/tags/v1", fixture.tag), ("refs/tags/v2", fixture.nestedTag),
            ("refs/heads/a/b", fixture.commits[1]),
        ] {
            try fixture.git("update-ref", name, id.hex)
            #expect(try names(fixture) == gitNames(fixture))
        }
        try fixture.git("pack-refs", "--all")
        #expect(try names(fixture) == gitNames(fixture))
        try fixture.git("update-ref", "refs/heads/main", fixture.commits[2].hex)
        try fixture.git("update-ref", "refs/tags/v0", fixture.tag.hex)
        #expect(try names(fixture) == gitNames(fixture))
        #expect(try names(fixture).count == 5)
    }

    @Test func refusesDamagedFiles() throws {
        let fixture = try RefFixture()
        try fixture.git("update-ref", "refs/heads/main", fixture.commits[0].hex)
        try fixture.folder.write("r.git/packed-refs", text: "torn")
        #expect(throws: AmxError.self) { try RefSnapshot.names(in: fixture.path) }
        try fixture.folder.write("r.git/packed-refs", text: "")
        #expect(try names(fixture) == gitNames(fixture))
        try fixture.folder.write("r.git/refs/heads/main", text: "torn")
        #expect(throws: AmxError.self) { try RefSnapshot.names(in: fixture.path) }
    }
}
