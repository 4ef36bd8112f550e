import Foundation
import HubClient
import Objects
import TestSupport
import Testing
import Wire

/// What a hub would refuse is refused when it is fetched and when it is pushed to a neighbour, with the same verdict.
@Suite struct RefusedContentTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The files of the commit on the branch `bad`: mode, path, content.
        var files = [("100644", "manifest.json", #"{"id":"kit","name":"Kit","version":"2.0.0"}"#)]
        var message = "Bad\n"
        /// A release at that commit.
        var release: String?
        /// The reference that is refused; nil when the whole pack is.
        let ref: String?
        let code: AmxError.Code
        let words: String
    }

    static let cases = [
        Case(
            testDescription: "no manifest", files: [("100644", "a.txt", "a")], ref: "heads/bad", code: .failure,
            words: "has no manifest.json"),
        Case(
            testDescription: "another id",
            files: [("100644", "manifest.json", #"{"id":"other","name":"x","version":"1.0.0"}"#)],
            ref: "heads/bad", code: .failure, words: "its id is other"),
        Case(
            testDescription: "a manifest that is no JSON", files: [("100644", "manifest.json", "{,}")],
            ref: "heads/bad",
            code: .failure, words: "manifest.json"),
        Case(
            testDescription: "a false digest",
            message: "Bad\n\nCapsule-Digest: sha256:\(String(repeating: "0", count: 64))\n",
            ref: "heads/bad", code: .verification, words: "says that its digest is"),
        Case(
            testDescription: "a release of another version", release: "v3.0.0", ref: "tags/v3.0.0", code: .failure,
            words: "whose manifest has version 2.0.0"),
        Case(
            testDescription: "a release that is no version", release: "vnext", ref: "tags/vnext", code: .failure,
            words: "release vnext"),
        Case(
            testDescription: "a symbolic link",
            files: [
                ("120000", "link", "target"),
                ("100644", "manifest.json", #"{"id":"kit","name":"Kit","version":"2.0.0"}"#),
            ],
            ref: nil, code: .failure, words: "120000"),
        Case(
            testDescription: "a device's name",
            files: [
                ("100644", "aux.txt", "x"),
                ("100644", "manifest.json", #"{"id":"kit","name":"Kit","version":"2.0.0"}"#),
            ],
            ref: nil, code: .failure, words: "aux.txt"),
    ]

    /// A good branch `main` and the case's commit on `bad`, as a stream for `git fast-import`.
    private func stream(_ given: Case) -> [UInt8] {
        var text = ""
        func data(_ content: String) { text += "data \(content.utf8.count)\n\(content)\n" }
        func commit(_ branch: String, _ message: String, _ files: [(String, String, String)]) {
            text += "commit refs/heads/\(branch)\ncommitter T <t@example.com> 1700000000 +0000\n"
            data(message)
            for (mode, path, content) in files {
                text += "M \(mode) inline \(path)\n"
                data(content)
            }
        }
        commit("main", "Good\n", [("100644", "manifest.json", #"{"id":"kit","name":"Kit","version":"1.0.0"}"#)])
        commit("bad", given.message, given.files)
        if let release = given.release {
            text += "tag \(release)\nfrom refs/heads/bad\ntagger T <t@example.com> 1700000000 +0000\n"
            data("release\n")
        }
        return Array("\(text)done\n".utf8)
    }

    private func fixture(_ given: Case, fillingStore: Bool) throws -> TransferFixture {
        let fixture = try TransferFixture()
        let path = fillingStore ? fixture.storePath : fixture.remotePath
        try Tool.git(["fast-import", "--quiet", "--done"], in: path, input: stream(given))
        try fixture.repository.refresh()
        return fixture
    }

    @Test(arguments: cases)
    func isNotFetched(_ given: Case) throws {
        let fixture = try fixture(given, fillingStore: false)
        let peer = try fixture.server()
        defer { withExtendedLifetime(peer) {} }
        let remote = try fixture.remote(peer)
        guard let ref = given.ref else {
            #expect { _ = try fixture.fetch(remote) } throws: {
                ($0 as? AmxError)?.code == given.code && "\($0)".contains(given.words)
            }
            #expect(try fixture.storeFiles().isEmpty)
            #expect(try fixture.refs(fixture.storePath, below: "refs/").isEmpty)
            return
        }
        let result = try fixture.fetch(remote)
        let local = "refs/" + ref.replacing("heads/", with: "remotes/origin/")
        let refused = result.refs.filter { $0.status == .rejected }
        #expect(refused.map(\.ref.string) == [local])
        #expect(refused.first?.rejection?.code == given.code)
        #expect(refused.first?.rejection?.reason.contains(given.words) == true, "\(refused)")
        #expect(try fixture.refs(fixture.storePath, below: "refs/")["remotes/origin/main"] != nil)
        #expect(try fixture.refs(fixture.storePath, below: "refs/")[String(local.dropFirst(5))] == nil)
        try fixture.expectSound(fixture.storePath)
    }

    @Test(arguments: cases)
    func isNotTakenByANeighbour(_ given: Case) throws {
        let fixture = try fixture(given, fillingStore: true)
        let remote = LocalRemote(fixture.id, in: fixture.folder.appending("remote"))
        let (repository, refs) = (fixture.repository, try fixture.repository.refs.snapshot().refs)
        let push = {
            try remote.push(refs.map { PushCommand(name: $0.name.string, old: .zero, new: $0.id) }) { _ in
            } pack: { sink throws(AmxError) in
                let objects = try ObjectWalk(repository).objects(wants: refs.map(\.id), haves: [])
                try PackWriter().write(objects, of: repository, to: sink)
            }
        }
        guard let ref = given.ref else {
            #expect { try push() } throws: { ($0 as? AmxError)?.code == given.code && "\($0)".contains(given.words) }
            #expect(try fixture.refs(fixture.remotePath, below: "refs/").isEmpty)
            return
        }
        let refused = try push().results.filter { $0.outcome != .ok }
        #expect(refused.map(\.name) == ["refs/\(ref)"])
        if case .rejected(let reason) = refused.first?.outcome { #expect(reason.contains(given.words)) }
        #expect(try fixture.refs(fixture.remotePath, below: "refs/")["heads/main"] != nil)
        #expect(try fixture.refs(fixture.remotePath, below: "refs/")[ref] == nil)
        try fixture.expectSound(fixture.remotePath)
    }

    @Test(arguments: cases)
    func isNotSent(_ given: Case) throws {
        // What a push does not select, or what only whoever takes objects looks at, is for the other side to refuse.
        guard let ref = given.ref, given.release != "vnext" else { return }
        let fixture = try fixture(given, fillingStore: true)
        let peer = try fixture.server()
        let result = try fixture.push(fixture.remote(peer))
        let refused = result.refs.filter { $0.status == .rejected }
        #expect(refused.map(\.ref.string) == ["refs/\(ref)"])
        #expect(result.failure("push")?.code == given.code)
        #expect(refused.first?.rejection?.reason.contains(given.words) == true, "\(refused)")
        #expect(try fixture.refs(fixture.remotePath, below: "refs/")["heads/main"] != nil)
        #expect(try fixture.refs(fixture.remotePath, below: "refs/")[ref] == nil)
    }
}
