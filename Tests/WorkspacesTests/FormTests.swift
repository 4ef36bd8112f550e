import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct FormTests {
    @Test func packAndEditKeepTheContent() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.write(capsule, "run.sh", "#!/bin/sh\n", executable: true)
        try fixture.commit(capsule)
        let before = try capsule.content()
        let packed = try fixture.workspace.write { () throws(AmxError) in try capsule.pack() }
        #expect(try capsule.form() == .packed)
        let digest = try before.digest()
        #expect(packed.digest == digest)
        #expect(try capsule.content().files == before.files)
        #expect(try capsule.status().state == .clean)
        // Twice: the second time from the cache.
        #expect(try capsule.status().state == .clean)
        let edited = try fixture.workspace.write { () throws(AmxError) in try capsule.edit() }
        #expect(try capsule.form() == .directory)
        #expect(edited.digest == packed.digest)
        #expect(try capsule.status().state == .clean)
    }

    @Test func bothFormsAreAnErrorThatNamesBoth() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.commit(capsule)
        _ = try capsule.export(nil, to: fixture.workspace.packedPath(capsule.id))
        let error = #expect(throws: AmxError.self) { try capsule.form() }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("a.kc") == true)
        #expect(try capsule.status().state == .conflict)
    }

    @Test func aCapsuleCanBeCommittedInItsPackedForm() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        let first = try #require(try fixture.commit(capsule))
        let other = try WorkspaceFixture()
        let twin = try other.new("a")
        try other.write(twin, "README.md", "changed elsewhere\n")
        _ = try fixture.workspace.write { () throws(AmxError) in try capsule.pack() }
        _ = try twin.export(nil, to: fixture.workspace.packedPath(capsule.id))
        #expect(try capsule.status().changes.map(\.path.string) == ["README.md"])
        let second = try #require(try fixture.commit(capsule))
        #expect(second.digest != first.digest)
        let digest = try twin.content().digest()
        #expect(second.digest == digest)
        #expect(try fixture.git(capsule, "fsck", "--strict") == "")
    }

    @Test func aRevisionIsExported() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        let first = try #require(try fixture.commit(capsule))
        try fixture.write(capsule, "README.md", "two\n")
        try fixture.commit(capsule)
        let file = fixture.folder.appending("old.kc")
        let result = try capsule.export("main~1", to: file)
        #expect(result.digest == first.digest)
        #expect(try ContainerReader(file).verify().digest == first.digest)
    }
}
