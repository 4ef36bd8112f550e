import Capsules
import Foundation
import Glibc
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite(.serialized) struct EventChainTests {
    @Test func gitReadsTheChainAsDocumented() throws {
        let fixture = try EventFixture()
        let first = try fixture.append(3)
        let commit = try #require(try fixture.store().fold())
        #expect(try fixture.store().fold() == nil)
        let second = try fixture.append(1, from: 3)
        try fixture.store().fold()
        let chain = try fixture.chain()
        #expect(try fixture.git("rev-parse", "\(chain)~1") == commit.hex)
        #expect(
            try fixture.git("ls-tree", "-r", "--name-only", chain)
                == "events.ndjson\nstate/billing.json\nstate/refunds.json")
        let lines = first.map { String(decoding: $0.line, as: UTF8.self) }
        #expect(try fixture.git("show", "\(chain)~1:events.ndjson") == lines.joined(separator: "\n"))
        let state = try fixture.git("show", "\(chain):state/refunds.json")
        #expect(
            state
                == #"{"acme":{"sequence":4,"state":{"configuration":{"n":3}}},"other":{"sequence":3,"state":{"configuration":{"n":2}}}}"#
        )
        let message = try fixture.git("log", "-1", "--format=%B", chain)
        #expect(message.hasPrefix("Events 4 to 4\n\nEvents-Replica: "))
        let trailers = try fixture.git("log", "-1", "--format=%(trailers:key=Events-First,valueonly)", chain)
        #expect(trailers.trimmingCharacters(in: .newlines) == "4")
        // The digest, by another program.
        let script = """
            import hashlib, subprocess, sys
            def git(*a): return subprocess.check_output(["git", *a])
            def sha(b): return hashlib.sha256(b).digest()
            previous, seen = bytes(32), {}
            for c in git("rev-list", "--reverse", sys.argv[1]).decode().split():
                h = hashlib.sha256(b"amx-events-v1\\0" + previous + sha(git("show", c + ":events.ndjson")))
                for name in sorted(git("ls-tree", "--name-only", c + ":state").split(b"\\n")):
                    if not name: continue
                    content = git("show", c + ":state/" + name.decode())
                    if seen.get(name) != content: h.update(name + b"\\0" + sha(content))
                    seen[name] = content
                previous = h.digest()
                assert ("Events-Digest: sha256:" + h.hexdigest()) in git("log", "-1", "--format=%B", c).decode(), c
            """
        let outcome = try Tool.run(
            "python3", ["-c", script, chain], in: fixture.workspace.filesRepositoryPath)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fixture.events() == first + second)
        #expect(try fixture.git("fsck", "--strict") == "")
    }

    @Test(arguments: WorkspaceFixture.moments) func aKilledFoldLosesNothing(_ microseconds: Int) throws {
        let fixture = try EventFixture()
        let events = try fixture.append(5)
        if microseconds % 2 == 0 { try fixture.store().fold() }
        let more = try fixture.append(5, from: 5)
        try fixture.base.kill(after: microseconds) { _ = try fixture.store().fold() }
        #expect(try fixture.events() == events + more)
        let next = try fixture.append(1, from: 10)
        #expect(try fixture.audit().findings == [])
        try fixture.store().fold()
        #expect(try fixture.events() == events + more + next)
        #expect(try fixture.audit().findings == [])
    }

    @Test func aLongJournalFoldsByItself() throws {
        let fixture = try EventFixture()
        let stream = try fixture.stream()
        let drafts = (0..<EventStore.foldLimits.events).map { fixture.draft($0, in: stream) }
        try fixture.store().append(drafts)
        #expect(try fixture.git("rev-list", "--count", fixture.chain()) == "1")
        #expect(try fixture.events().count == drafts.count)
        try fixture.append(1)
        #expect(try fixture.events().map(\.sequence).last == 4097)
        #expect(try fixture.audit().findings == [])
    }

    @Test func aCopiedDirectoryIsAnotherReplica() throws {
        let fixture = try EventFixture()
        try fixture.append(2)
        try fixture.store().fold()
        let unfolded = try fixture.append(2, from: 2)
        let folder = try TemporaryDirectory("amx-copy")
        let outcome = try Tool.run("cp", ["-a", fixture.root, folder.appending("copy")])
        #expect(outcome.status == 0)
        let copy = Workspace(root: folder.appending("copy"))
        #expect(try copy.replica() == nil)
        #expect(try EventAudit(copy).run().findings == [])
        let event = try EventStore(copy).append([fixture.draft(9, in: fixture.stream())])[0]
        #expect(event.sequence == 1)
        let original = try #require(try fixture.workspace.replica())
        #expect(event.replica != original)
        #expect(try copy.replica() == event.replica)
        // What the original had not folded is there, and the copy's own chain begins anew.
        #expect(Directory.exists("\(copy.journalPath)-\(original.string)"))
        try EventStore(copy).fold()
        #expect(try EventAudit(copy).run().findings == [])
        var order: [String] = []
        var reader = EventReader(copy)
        try reader.read(EventQuery()) { order.append($0.id) }
        #expect(order == [original.string, event.replica.string].sorted().map { "\($0)-1" } + ["\(original.string)-2"])
        // A move within the file system is none.
        let moved = folder.appending("moved")
        #expect(rename(copy.root, moved) == 0)
        #expect(try Workspace(root: moved).replica() == event.replica)
        #expect(try fixture.events().suffix(2) == unfolded[...])
    }

    @Test func chainsTravelWithGit() throws {
        let fixture = try EventFixture()
        let events = try fixture.append(4)
        try fixture.store().fold()
        let other = try EventFixture()
        let own = try other.append(2)
        try other.store().fold()
        try other.git("fetch", "-q", fixture.workspace.filesRepositoryPath, "refs/amx/events/*:refs/amx/events/*")
        let all = (events + own).sorted { EventReader.precedes($0, $1) }
        #expect(try other.events() == all)
        let report = try other.audit()
        #expect(report.findings == [])
        #expect((report.chains, report.commits, report.events) == (2, 2, 6))
    }

    @Test func aChainThatIsNotWhatTheJournalGoesOnAfterIsNotAddedTo() throws {
        let fixture = try EventFixture()
        try fixture.append(2)
        try fixture.store().fold()
        let kept = try fixture.append(1, from: 2)
        try fixture.git("update-ref", "-d", fixture.chain())
        let error = #expect(throws: AmxError.self) { try fixture.store().fold() }
        #expect(error?.code == .verification)
        #expect(try fixture.events() == kept)
        #expect(Set(try fixture.audit().findings.map(\.kind)) == [.replaced, .journal])

        // The hint's way out: the journal is put aside, and another id goes on.
        let replica = try #require(try fixture.workspace.replica())
        #expect(error?.hint?.contains("amx events --set-aside \(replica.string)") == true)
        let journal = try fixture.base.folder.read(".aimatrix/journal")
        let open = try fixture.store()
        #expect(try open.append([fixture.draft(7, in: fixture.stream())]).map(\.replica) == [replica])
        #expect(try fixture.store().setAside(replica) == nil)
        #expect(try fixture.base.folder.read(".aimatrix/journal-\(replica.string)").starts(with: journal.prefix(100)))
        #expect(try fixture.events() == [])
        let next = try open.append([fixture.draft(8, in: fixture.stream())])
        #expect(next[0].sequence == 1 && next[0].replica != replica)
        try fixture.store().fold()
        #expect(try fixture.events() == next)
    }

    /// A copy with the same id has recorded something else in the same place, before or after the first batch: nothing is dropped.
    @Test(arguments: [false, true]) func anEventInWhoseStandsAnotherIsNotFoldedAway(_ hasBatch: Bool) throws {
        let fixture = try EventFixture()
        try fixture.append(2)
        if hasBatch { try fixture.store().fold() }
        let twin = try SetAsideTests.Twin(of: fixture)
        let replica = try #require(try fixture.workspace.replica())
        let chain = replica.chain.string
        try fixture.append(2, from: 2)
        try fixture.store().fold()
        let mine = try twin.append([fixture.draft(7, in: fixture.stream())])[0]
        if !hasBatch { _ = try twin.workspace.filesRepositoryOrNew() }
        try twin.git("fetch", "-q", fixture.workspace.filesRepositoryPath, "\(chain):\(chain)")
        let findings = try EventAudit(twin.workspace).run().findings
        #expect(findings.map(\.kind) == [.journal] && findings.map(\.place) == ["event 3"])
        let error = #expect(throws: AmxError.self) { try EventStore(twin.workspace).fold() }
        #expect(error?.code == .verification)
        let journal = try #require(try Journal.read(twin.workspace))
        #expect(journal.records.last?.line == mine.line)
        // The way out keeps it.
        try EventStore(twin.workspace).setAside(replica)
        let path = "\(twin.workspace.journalPath)-\(replica.string)"
        #expect(try JournalFile.open(path)?.header == journal.header)
        #expect(try EventAudit(twin.workspace).run().findings == [])
    }

    /// An old copy whose chain has gone on since, with the same events, goes on after it.
    @Test func theSameEventsAreFoldedOnce() throws {
        let fixture = try EventFixture()
        try fixture.append(2)
        let twin = try SetAsideTests.Twin(of: fixture)
        let chain = try fixture.chain()
        try fixture.append(2, from: 2)
        try fixture.store().fold()
        _ = try twin.workspace.filesRepositoryOrNew()
        try twin.git("fetch", "-q", fixture.workspace.filesRepositoryPath, "\(chain):\(chain)")
        #expect(try EventAudit(twin.workspace).run().findings == [])
        #expect(try EventStore(twin.workspace).fold() == nil)
        let next = try twin.append([fixture.draft(7, in: fixture.stream())])[0]
        #expect(next.sequence == 5)
        try EventStore(twin.workspace).fold()
        #expect(try twin.events() == fixture.events() + [next])
        #expect(try EventAudit(twin.workspace).run().findings == [])
    }
}
