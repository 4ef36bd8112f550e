import Foundation
import TestSupport
import Testing

/// The log of what was done in a workspace stays in that copy of it.
@Suite(.onTestThreads) struct OperationLogTests {
    private static let ref = "refs/amx/operations"

    private func refs(_ repository: String) throws -> [String] {
        try Tool.git(["for-each-ref", "--format=%(refname)"], in: repository).split(separator: "\n").map(String.init)
    }

    private func holds(_ commit: String, _ repository: String) throws -> Bool {
        try Tool.run("git", ["cat-file", "-e", commit], in: repository, environment: Tool.gitEnvironment).status == 0
    }

    @Test func noTransferTakesIt() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace("team", remote: hub.remote)
        try ada.json("new", "demo")
        try ada.json("commit", "-m", "Start")
        let repository = "\(ada.directory)/.aimatrix/workspace.git"
        let file = try Tool.git(["hash-object", "-w", "--stdin"], in: repository, input: Array("{}\n".utf8))
        let tree = try Tool.git(
            ["mktree"], in: repository, input: Array("100644 blob \(file)\toperation.json\n".utf8))
        let commit = try Tool.git(["commit-tree", tree, "-m", "amx install demo"], in: repository)
        try Tool.git(["update-ref", Self.ref, commit], in: repository)

        // To a hub and a folder, with the chain of events beside it; back from these, and straight from the copy's path.
        try EventChain("a", of: ada).append("installed")
        let shelf = try TemporaryDirectory("amx-e2e-shelf")
        try ada.json("remote", "add", "shelf", shelf.path)
        try ada.json("push")
        try ada.json("push", "shelf")
        #expect(try hub.refs("team").keys.contains(Self.ref) == false)
        for (name, address) in [
            ("hub", "\(hub.remote)/team"), ("shelf", shelf.appending("team.git")), ("path", ada.directory),
        ] {
            let reader = try AmxTool("Reader", token: hub.token)
            try reader.json("clone", address, name)
            let copy = reader.at(reader.home.appending(name))
            try copy.json("pull")
            #expect(try EventChain("a", of: copy, isOwn: false).tip != nil)
            let found = try refs("\(copy.directory)/.aimatrix/workspace.git")
            #expect(!found.contains(Self.ref) && found.contains("refs/heads/main"), "\(name): \(found)")
            #expect(try !holds(commit, "\(copy.directory)/.aimatrix/workspace.git"), "\(name)")
        }
        #expect(try refs(shelf.appending("team.git")).contains(Self.ref) == false)
        #expect(try !holds(commit, shelf.appending("team.git")))
        // It is still where it was made.
        #expect(try refs(repository).contains(Self.ref) && holds(commit, repository))
        try hub.check("team")
    }
}
