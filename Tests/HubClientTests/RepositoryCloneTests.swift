import Capsules
import Foundation
import HubClient
import Objects
import TestSupport
import Testing
import Workspaces

/// What pull refuses of a capsule is refused when it is cloned.
@Suite struct RepositoryCloneTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The branches in their order, each with the trailers of its commit.
        var branches = [("main", "")]
        /// Tags of `main`, each with its trailers; nil is for one that is not annotated.
        var tags: [(String, String?)] = []
        /// What the clone fails with; nil where it comes.
        let code: AmxError.Code?
        /// What the error says, or what is left out.
        var words = ""
    }

    private static let lie = "\n\nCapsule-Digest: sha256:\(String(repeating: "0", count: 64))\n"

    static let cases = [
        Case(testDescription: "all is sound", tags: [("v1.0.0", "")], code: nil),
        Case(
            testDescription: "a release states a wrong digest", tags: [("v1.0.0", lie)], code: .verification,
            words: "cannot clone refs/tags/v1.0.0 of kit"),
        Case(
            testDescription: "the current branch states a wrong digest", branches: [("main", lie), ("aaa", "")],
            code: .verification, words: "cannot clone refs/remotes/origin/main of kit"),
        Case(
            testDescription: "another branch does", branches: [("main", ""), ("aaa", lie)], code: .verification,
            words: "cannot clone refs/remotes/origin/aaa of kit"),
        Case(
            testDescription: "a release of another version", tags: [("v2.0.0", "")], code: .failure,
            words: "cannot clone refs/tags/v2.0.0 of kit"),
        Case(
            testDescription: "a tag that is no release", tags: [("v1.0.0", nil)], code: nil, words: "refs/tags/v1.0.0"),
    ]

    private func fill(_ path: String, _ given: Case) throws {
        var text = ""
        func data(_ content: String) { text += "data \(content.utf8.count)\n\(content)\n" }
        for (branch, trailers) in given.branches {
            text += "commit refs/heads/\(branch)\ncommitter T <t@example.com> 1700000000 +0000\n"
            data("Commit of \(branch)\(trailers)")
            text += "M 100644 inline manifest.json\n"
            data(#"{"id":"kit","name":"Kit","version":"1.0.0"}"#)
        }
        for (tag, trailers) in given.tags {
            if let trailers {
                text += "tag \(tag)\nfrom refs/heads/main\ntagger T <t@example.com> 1700000000 +0000\n"
                data("Release\(trailers)")
            } else {
                text += "reset refs/tags/\(tag)\nfrom refs/heads/main\n\n"
            }
        }
        try Tool.git(["fast-import", "--quiet", "--done"], in: path, input: Array("\(text)done\n".utf8))
    }

    @Test(arguments: cases) func isRefusedAsPullRefusesIt(_ given: Case) throws {
        let fixture = try TransferFixture()
        try fill(fixture.remotePath, given)
        let workspace = try Workspace.create(
            at: fixture.folder.appending("work"), name: CapsuleID("work")
        ).workspace
        let remote = LocalRemote(fixture.id, in: fixture.folder.appending("remote"))
        let clone = RepositoryClone(fixture.id, from: remote, named: "origin", into: workspace)
        let form = workspace.packedPath(fixture.id)
        guard let code = given.code else {
            let cloned = try clone.run { _ in }
            #expect(cloned.branch == "main" && FileManager.default.fileExists(atPath: form))
            #expect(cloned.leftOut.map(\.ref.string).joined() == given.words)
            return
        }
        let error = #expect(throws: AmxError.self) { _ = try clone.run { _ in } }
        #expect(error?.code == code && error?.message.hasPrefix(given.words) == true, "\(String(describing: error))")
        #expect(!FileManager.default.fileExists(atPath: form))
        #expect(!FileManager.default.fileExists(atPath: workspace.repositoryPath(fixture.id)))
    }
}
