import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct AdvanceTests {
    @Test func commitsThatCameWithoutAFormGetTheirPackedOne() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        let commit = try #require(try fixture.commit(capsule))
        let before = try capsule.content().entries
        // As after another workspace's push: commits, and neither a form nor a base.
        try FileManager.default.removeItem(atPath: fixture.workspace.directoryPath(capsule.id))
        let repository = try capsule.existingRepository()
        try repository.refs.commit([RefUpdate(.base, expected: .any, new: nil)])
        #expect(try capsule.status().state == .missing)
        let branch = try #require(RefName(branch: "main"))
        func advance() throws -> AdvanceResult {
            try fixture.workspace.write { () throws(AmxError) in
                try capsule.advance(to: commit.commit, branch: branch, in: repository)
            }
        }
        #expect(try advance() == .new)
        #expect(try capsule.form() == .packed)
        #expect(try capsule.content().entries == before)
        #expect(try capsule.status().state == .clean)
        #expect(try advance() == .upToDate)
    }
}
