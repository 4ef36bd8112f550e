import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct EventAuditTests {
    /// A chain of two batches and what a forger makes of its second commit, or of what lies beside it.
    struct Forgery: Sendable, CustomTestStringConvertible {
        let name: String
        let kinds: Set<AuditFinding.Kind>
        let place: String
        let forge: @Sendable (Forger) throws -> Void
        var testDescription: String { name }

        init(
            _ name: String, _ kinds: Set<AuditFinding.Kind>, at place: String = "",
            _ forge: @escaping @Sendable (Forger) throws -> Void
        ) {
            (self.name, self.kinds, self.place, self.forge) = (name, kinds, place, forge)
        }
    }

    static let forgeries: [Forgery] = [
        Forgery("an event's payload", [.state, .digest, .replaced, .journal], at: "state/refunds.json") {
            try $0.edit("events.ndjson") { $0.replacing(#"{"n":3}"#, with: #"{"n":4}"#) }
        },
        Forgery("an event that changes no state", [.digest, .replaced, .journal]) {
            try $0.edit("events.ndjson") { $0.replacing(#""accessed""#, with: #""executed""#) }
        },
        Forgery("an event and its digest", [.replaced, .journal]) {
            try $0.edit("events.ndjson", sealing: true) { $0.replacing(#""accessed""#, with: #""executed""#) }
        },
        Forgery("a line that is not canonical", [.event, .state, .digest, .replaced, .journal], at: "event 6") {
            try $0.edit("events.ndjson") {
                $0.replacing(#""accessed","payload":{}"#, with: #""accessed","payload":{ }"#)
            }
        },
        Forgery("another replica's event", [.event, .state, .digest, .replaced, .journal], at: "event 6") {
            try $0.edit("events.ndjson") { $0.replacing(/[0-9a-f]{32}-6/, with: "0123456789abcdef0123456789abcdef-6") }
        },
        Forgery("the last of all numbers", [.event, .state, .digest, .replaced, .journal], at: "event 6") {
            try $0.edit("events.ndjson") {
                $0.replacing(/("sequence":)6(,"id":"[0-9a-f]{32}-)6/) { "\($0.1)\(Int64.max)\($0.2)\(Int64.max)" }
            }
        },
        Forgery("a missing event", [.gap, .state, .digest, .replaced, .journal], at: "event 5") {
            try $0.edit("events.ndjson") { $0.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n" }
        },
        Forgery("an event twice", [.order, .digest, .replaced, .journal], at: "event 4") {
            try $0.edit("events.ndjson") { text in "\(text.split(separator: "\n")[0])\n\(text)" }
        },
        Forgery("the events in another order", [.gap, .order, .state, .digest, .replaced, .journal], at: "event 5") {
            try $0.edit("events.ndjson") { $0.split(separator: "\n").reversed().joined(separator: "\n") + "\n" }
        },
        Forgery("no last line break", [.event, .digest, .replaced, .journal], at: "events.ndjson") {
            try $0.edit("events.ndjson") { String($0.dropLast()) }
        },
        Forgery("a state of the batch", [.state, .digest, .replaced, .journal], at: "state/billing.json") {
            try $0.edit("state/billing.json") { $0.replacing(#""n":4"#, with: #""n":5"#) }
        },
        Forgery("a state of the batch, and its digest", [.state, .replaced, .journal], at: "state/billing.json") {
            try $0.edit("state/billing.json", sealing: true) { $0.replacing(#""n":4"#, with: #""n":5"#) }
        },
        Forgery("a state of an earlier batch", [.state, .digest, .replaced, .journal], at: "state/old.json") {
            try $0.edit("state/old.json") { $0.replacing(#""n":9"#, with: #""n":8"#) }
        },
        Forgery("a state that is gone", [.state, .replaced, .journal], at: "state/old.json") {
            try $0.edit("state/old.json") { _ in nil }
        },
        Forgery("a state of nothing", [.state, .digest, .replaced, .journal], at: "state/new.json") {
            try $0.edit("state/new.json") { _ in "{}\n" }
        },
        Forgery("a file of nothing", [.state, .replaced, .journal], at: "more.txt") {
            try $0.edit("more.txt") { _ in "?" }
        },
        Forgery("the digest", [.digest, .replaced, .journal]) {
            try $0.rewrite { $0.replacing(/sha256:./, with: "sha256:x") }
        },
        Forgery("another trailer", [.digest, .replaced, .journal]) {
            try $0.rewrite { $0.replacing("Events-First: 4", with: "Events-First: 5") }
        },
        Forgery("the message", [.digest, .replaced, .journal]) {
            try $0.rewrite { $0.replacing("Events 4 to 6", with: "All is well") }
        },
        Forgery("two parents", [.parent, .replaced, .journal]) {
            let root = try $0.fixture.git("rev-parse", "\($0.chain)~1^{tree}")
            try $0.rewrite(parents: [$0.fixture.git("commit-tree", "-m", "x", root)]) { $0 }
        },
        Forgery("other events before those that count", [.state, .digest, .replaced, .journal], at: "events.ndjson") {
            try $0.plant(events: true, first: true)
        },
        Forgery("other events after those that count", [.state, .replaced, .journal], at: "events.ndjson") {
            try $0.plant(events: true, first: false)
        },
        Forgery("other states before those that count", [.state, .digest, .replaced, .journal], at: "state") {
            try $0.plant(events: false, first: true)
        },
        Forgery("other states after those that count", [.state, .replaced, .journal], at: "state") {
            try $0.plant(events: false, first: false)
        },
        Forgery("a state twice", [.state, .digest, .replaced, .journal], at: "state/billing.json") { forger in
            let folder = try forger.entries("")[1]
            var states = try forger.entries("state")
            states.insert(
                TreeEntry(mode: 0o100644, name: states[0].name, id: try forger.object("{}\n", "blob")), at: 0)
            let id = try forger.object(TreeEntry.encode(states), "tree")
            try forger.write([forger.entries("")[0], TreeEntry(mode: folder.mode, name: folder.name, id: id)])
        },
        Forgery("a tree in another order", [.state, .replaced, .journal]) {
            try $0.write($0.entries("").reversed())
        },
        Forgery("a tree in another form", [.state, .replaced, .journal]) {
            let bytes = try TreeEntry.encode($0.entries(""))
            let text = bytes.split(separator: Array("40000 ".utf8), maxSplits: 1)
            let tree = try $0.object(text[0] + Array("040000 ".utf8) + text[1], "tree")
            try $0.rewrite(tree: tree.hex) { $0 }
        },
        Forgery("the author", [.header, .replaced, .journal]) { try $0.rewrite(author: "Eve") { $0 } },
        Forgery("the committer", [.header, .replaced, .journal]) {
            try $0.rewrite(header: { $0.replacing("committer Amx <", with: "committer Amx <x") }) { $0 }
        },
        Forgery("the time", [.header, .replaced, .journal]) {
            try $0.rewrite(header: { $0.replacing("> 1", with: "> 2") }) { $0 }
        },
        Forgery("the zone", [.header, .replaced, .journal]) {
            try $0.rewrite(header: { $0.replacing("+0000", with: "-0000") }) { $0 }
        },
        Forgery("one header more", [.header, .replaced, .journal]) {
            try $0.rewrite(header: { "\($0)\nencoding UTF-8" }) { $0 }
        },
        Forgery("the signature of another hash", [.header, .replaced, .journal]) {
            try $0.rewrite(header: { "\($0)\ngpgsig-sha256 x\n y" }) { $0 }
        },
        Forgery("more after a NUL", [.header, .digest, .replaced, .journal]) { try $0.rewrite { "\($0)\0x\n" } },
        Forgery("a chain cut short", [.replaced, .journal]) {
            try $0.fixture.git("update-ref", $0.chain, "\($0.chain)~1")
        },
        Forgery("a chain that is gone", [.replaced, .journal]) { try $0.fixture.git("update-ref", "-d", $0.chain) },
        Forgery("what was seen", [.replaced]) {
            try $0.replaceFile("chains", /sha256:[0-9a-f]{4}/, "sha256:0000")
        },
        Forgery("a journal that is gone", [.journal]) {
            try FileManager.default.removeItem(atPath: $0.fixture.workspace.journalPath)
        },
        Forgery("a journal that is gone with all that is noted of it", [.journal]) {
            try $0.remove("journal", "journal.lock", "journal.sync")
        },
        Forgery("what was seen, which is gone", [.replaced]) { try $0.remove("chains") },
        Forgery("a chain cut short, and what was seen", [.replaced, .journal]) {
            try $0.fixture.git("update-ref", $0.chain, "\($0.chain)~1")
            try $0.remove("chains")
        },
        Forgery("a chain cut short, and all that tells of it", [.journal]) {
            try $0.fixture.git("update-ref", $0.chain, "\($0.chain)~1")
            try $0.remove("chains", "journal", "journal.lock", "journal.sync", "journal.fold")
        },
        Forgery("a chain that is gone, and all that tells of it", [.journal]) {
            try $0.fixture.git("update-ref", "-d", $0.chain)
            try $0.remove("chains", "journal", "journal.lock", "journal.sync", "journal.fold")
        },
        Forgery("an id that is gone", [.journal]) { try $0.remove("replica") },
        Forgery("an id that is gone with its journal", [.replica]) { try $0.remove("replica", "journal") },
        Forgery("an id that is gone with all that is noted beside it", [.replica]) {
            try $0.remove("replica", "journal", "journal.lock", "journal.sync", "journal.fold", "chains")
        },
        Forgery("a chain that is gone, and its id", [.replica]) {
            try $0.fixture.git("update-ref", "-d", $0.chain)
            try $0.remove("replica", "journal", "journal.lock", "journal.sync", "journal.fold", "chains")
        },
        Forgery("a journal's header", [.journal]) { try $0.flip(at: 36) },
        Forgery("a journal's record", [.journal]) { try $0.flip(at: 150) },
        Forgery("another copy's journal", [.journal]) {
            try Data("0123456789abcdef0123456789abcdef\n".utf8)
                .write(to: URL(fileURLWithPath: $0.fixture.workspace.replicaPath))
        },
    ]

    @Test(arguments: forgeries) func whatWasTamperedWithIsFound(_ forgery: Forgery) throws {
        let fixture = try EventFixture()
        let store = try fixture.store()
        try store.append([fixture.draft(9, in: fixture.stream("old"))])
        try fixture.append(2, from: 1)
        try store.fold()
        try fixture.append(2, from: 3)
        try store.append([EventDraft(.accessed, in: fixture.stream())])
        try store.fold()
        try store.append([EventDraft(.accessed, in: fixture.stream())])
        let sound = try fixture.audit()
        #expect(sound.findings == [])
        #expect((sound.chains, sound.commits, sound.events) == (1, 2, 7))
        try forgery.forge(Forger(fixture: fixture, chain: fixture.chain()))
        let report = try fixture.audit()
        #expect(
            Set(report.findings.map(\.kind)) == forgery.kinds,
            "\(report.findings.map { "\($0.kind) \($0.place): \($0.problem)" })")
        #expect(report.findings.contains { $0.place == forgery.place }, "\(report.findings.map(\.place))")
        // It does not pass for seen.
        #expect(Set(try fixture.audit().findings.map(\.kind)) == forgery.kinds)
    }

    /// The first remote that is seen to have a chain is told, and none for this copy's own.
    @Test func whereChainsCameFromIsNoted() throws {
        let fixture = try EventFixture()
        let other = try EventFixture()
        let own = try fixture.append(1)[0].replica
        let replica = try other.append(1)[0].replica
        try fixture.store().fold()
        try other.store().fold()
        try fixture.git("fetch", "-q", other.workspace.filesRepositoryPath, "refs/amx/events/*:refs/amx/events/*")
        func origins() throws -> [ReplicaID: ChainReport.Origin] {
            let report = try fixture.audit()
            #expect(report.findings == [] && report.chains == 2)
            return Dictionary(uniqueKeysWithValues: report.replicas.map { ($0.replica, $0.origin) })
        }
        #expect(try origins() == [own: .own, replica: .unknown])
        try fixture.workspace.noteArrivals(of: [own], from: "origin", at: "https://hub.example/acme/team.git")
        #expect(!Directory.exists("\(fixture.workspace.metadata)/arrivals"))
        for remote in ["origin", "spare"] {
            try fixture.workspace.noteArrivals(of: [own, replica], from: remote, at: "https://hub.example/\(remote)")
        }
        let arrival = try #require(try ChainArrivals(fixture.workspace).arrivals[replica])
        #expect(arrival.remote == "origin" && arrival.location == "https://hub.example/origin")
        #expect(try origins() == [own: .own, replica: .remote(arrival)])
        // What cannot be read is nothing that anything depends on.
        try fixture.base.folder.write(".aimatrix/arrivals", text: "{")
        #expect(try origins() == [own: .own, replica: .unknown])
    }

    /// Of two things with one name readers take the one that is audited.
    @Test(arguments: [false, true]) func whatStandsTwiceIsReadAsItIsAudited(_ isEvents: Bool) throws {
        let fixture = try EventFixture()
        var events = try fixture.append(2)
        events += try fixture.store().append([EventDraft(.accessed, in: fixture.stream())])
        try fixture.store().fold()
        let state = try fixture.store().state(of: fixture.stream("billing"))
        try #require(!state.state.members.isEmpty)
        try Forger(fixture: fixture, chain: fixture.chain()).plant(events: isEvents, first: false)
        #expect(try fixture.audit().findings.map(\.kind).contains(.state))
        #expect(try !fixture.audit().findings.map(\.kind).contains(.digest))
        #expect(try fixture.events() == events)
        let chain = try #require(try fixture.store().chain())
        #expect(try chain.state(CapsuleID("billing"))["acme"]?.state == state.state)
    }

    /// Tampers with the last commit of a chain, or with a file beside it.
    struct Forger {
        let fixture: EventFixture
        let chain: String

        /// Replaces a file of the commit; nil removes it. `sealing` makes the digest that of the content.
        func edit(_ path: String, sealing: Bool = false, _ change: (String) throws -> String?) throws {
            let text = (try? fixture.git("show", "\(chain):\(path)")).map { "\($0)\n" } ?? ""
            let environment = ["GIT_INDEX_FILE": fixture.base.folder.appending("index")]
            func git(_ arguments: String..., input: String = "") throws -> String {
                try Tool.git(
                    arguments, in: fixture.workspace.filesRepositoryPath, environment: environment,
                    input: Array(input.utf8))
            }
            _ = try git("read-tree", chain)
            if let changed = try change(text) {
                #expect(changed != text)
                let blob = try git("hash-object", "-w", "--stdin", input: changed)
                _ = try git("update-index", "--add", "--cacheinfo", "100644,\(blob),\(path)")
            } else {
                let nothing = String(repeating: "0", count: 40)
                _ = try git("update-index", "--index-info", input: "0 \(nothing)\t\(path)\n")
            }
            let tree = try git("write-tree")
            try rewrite(tree: tree) { try sealing ? seal($0, tree) : $0 }
        }

        /// Replaces the commit by one with another message, tree, author, headers, or more parents.
        func rewrite(
            tree: String? = nil, parents: [String] = [], author: String = "Amx",
            header: (String) -> String = { $0 }, _ message: (String) throws -> String
        ) throws {
            let head = try fixture.git("cat-file", "commit", chain)
            let parts = head.split(separator: "\n\n", maxSplits: 1)
            var lines = parts[0].split(separator: "\n").map(String.init)
            if let tree { lines[0] = "tree \(tree)" }
            lines.insert(contentsOf: parents.map { "parent \($0)" }, at: 2)
            let text = lines.joined(separator: "\n").replacing("author Amx", with: "author \(author)")
            let changed = header(text)
            let commit = try object("\(changed)\n\n\(try message("\(parts[1])\n"))", "commit")
            try fixture.git("update-ref", chain, commit.hex)
        }

        /// Writes an object as it is given, also one that git would not make.
        func object(_ bytes: [UInt8], _ kind: String) throws -> ObjectID {
            let hex = try Tool.git(
                ["hash-object", "-t", kind, "-w", "--literally", "--stdin"],
                in: fixture.workspace.filesRepositoryPath, input: bytes)
            return try #require(ObjectID(hex: hex))
        }

        func object(_ text: String, _ kind: String) throws -> ObjectID { try object(Array(text.utf8), kind) }

        /// The entries of the commit's tree, or of a folder of it.
        func entries(_ path: String) throws -> [TreeEntry] {
            let id = try #require(ObjectID(hex: fixture.git("rev-parse", "\(chain):\(path)")))
            return try fixture.workspace.files().existingRepository().entries(ofTree: id)
        }

        /// Gives the commit a root of these entries.
        func write(_ entries: [TreeEntry]) throws {
            try rewrite(tree: object(TreeEntry.encode(entries), "tree").hex) { $0 }
        }

        /// Puts other events, or another folder of states, beside those of the commit, under the same name.
        func plant(events isEvents: Bool, first: Bool) throws {
            var root = try entries("")
            let index = isEvents ? 0 : 1
            let id: ObjectID
            if isEvents {
                let text = try fixture.git("show", "\(chain):events.ndjson")
                id = try object("\(text.replacing(#""accessed""#, with: #""executed""#))\n", "blob")
            } else {
                var states = try entries("state")
                states[0].id = try object("{}\n", "blob")
                id = try object(TreeEntry.encode(states), "tree")
            }
            root.insert(
                TreeEntry(mode: root[index].mode, name: root[index].name, id: id), at: first ? index : index + 1)
            try write(root)
        }

        /// The message with the digest that the tree gives.
        private func seal(_ message: String, _ tree: String) throws -> String {
            let previous = try #require(EventBatch(message: fixture.git("log", "-1", "--format=%B", "\(chain)~1")))
            let batch = try #require(EventBatch(message: message))
            var states: [(name: [UInt8], sha256: SHA256Digest)] = []
            for name in ["billing.json", "refunds.json"] {
                let text = try fixture.git("show", "\(tree):state/\(name)") + "\n"
                states.append((Array(name.utf8), SHA256Hasher.hash(of: Array(text.utf8))))
            }
            let events = try fixture.git("show", "\(tree):events.ndjson") + "\n"
            return EventBatch(
                replica: batch.replica, first: batch.first, last: batch.last, events: Array(events.utf8),
                states: states, after: previous.digest
            ).message
        }

        func replaceFile(_ name: String, _ pattern: some RegexComponent, _ other: String) throws {
            let path = fixture.root + "/.aimatrix/\(name)"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing(pattern, with: other).write(toFile: path, atomically: false, encoding: .utf8)
        }

        /// Removes files from `.aimatrix/`.
        func remove(_ names: String...) throws {
            for name in names { try FileManager.default.removeItem(atPath: "\(fixture.root)/.aimatrix/\(name)") }
        }

        /// Changes a bit of the journal.
        func flip(at offset: Int) throws {
            var bytes = try fixture.base.folder.read(".aimatrix/journal")
            bytes[offset] ^= 4
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: fixture.workspace.journalPath))
            try handle.write(contentsOf: Data(bytes))
            try handle.close()
        }
    }
}
