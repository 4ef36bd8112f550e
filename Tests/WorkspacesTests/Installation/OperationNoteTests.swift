import Capsules
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// The note of an operation: what was written is read, and a part of it is nothing.
@Suite struct OperationNoteTests {
    private static func oid(_ digit: String) throws -> ObjectID {
        try #require(ObjectID(hex: String(repeating: digit, count: 40)))
    }

    private static func note() throws -> OperationNote {
        let (a, b) = (try CapsuleID("refunds"), try CapsuleID("billing.eu"))
        var note = OperationNote(operation: try oid("1"))
        note.arrivals = [.init(id: a, from: .incoming), .init(id: b, from: .removed)]
        let branch = try #require(RefName(branch: "main"))
        note.steps = [
            .init(id: a, transition: Transition(from: nil, to: try oid("2"), branch: branch, advances: .missing)),
            .init(
                id: b,
                transition: Transition(
                    from: try oid("3"), to: try oid("4"), branch: branch, advances: .id(try oid("3")))),
        ]
        note.departures = [.init(id: try CapsuleID("gone"), commit: try oid("5"))]
        note.manifest = Array("{\n  \"name\": \"wörk\"\n}\n".utf8)
        note.lock = []
        note.events = [
            .init(
                stream: EventStream(a, of: "acme"), type: .installed,
                payload: ["deep": ["x": [1, .null, "\u{1F4A1}"]], "version": "1.0.0"], after: 7),
            .init(stream: EventStream(b, of: "acme"), type: .configured, payload: [:], after: 0),
        ]
        let manifest = try LifecycleFixture.manifest(
            "1.0.0", #""hooks": {"postInstall": "b.js"}, "imports": {"db": {"z": 1, "a": [1.5, null]}}"#)
        let digest = LifecycleFixture.digest("one")
        note.approvals = ApprovalChange(
            [Approval(of: manifest, digest: digest, hooks: [.postInstall])],
            hooks: PendingHook.of(manifest, digest: digest, on: .installation), of: [a, b])
        return note
    }

    @Test func readsBack() throws {
        let note = try Self.note()
        #expect(OperationNote(note.encoded) == note)
        let empty = OperationNote(operation: try Self.oid("a"))
        #expect(OperationNote(empty.encoded) == empty)
        #expect(empty.manifest == nil && empty.lock == nil && note.lock == [])
    }

    /// What a process could leave that was killed while it wrote, if the file came in place by degrees.
    @Test func aPartIsNothing() throws {
        let bytes = try Self.note().encoded
        for count in 0..<(bytes.count - 1) { #expect(OperationNote(Array(bytes.prefix(count))) == nil, "\(count)") }
        #expect(OperationNote(Array(repeating: 0, count: bytes.count)) == nil)
    }

    @Test(arguments: [
        (#""schema": 1"#, #""schema": 2"#), (#""from": "removed""#, #""from": "elsewhere""#),
        (#""id": "refunds""#, #""id": "../refunds""#), ("amx transition 1", "amx transition 9"),
        (#""type": "installed""#, #""type": """#), (#""after": 7"#, #""after": "7""#),
        (#""operation": "1111"#, #""operation": "x111"#),
    ]) func anythingElseIsNothing(_ old: String, _ new: String) throws {
        let text = String(decoding: try Self.note().encoded, as: UTF8.self)
        #expect(text.contains(old))
        #expect(OperationNote(Array(text.replacing(old, with: new).utf8)) == nil)
    }

    /// A note that this version does not understand is kept, and says so: half of what it describes may have happened.
    @Test(arguments: [
        (#""schema": 1"#, #""schema": 3"#, "newer version"),
        (#""from": "removed""#, #""from": "elsewhere""#, "cannot be understood"),
    ]) func whatIsNotUnderstoodIsKept(_ old: String, _ new: String, _ words: String) throws {
        let fixture = try OperationFixture()
        let text = String(decoding: try Self.note().encoded, as: UTF8.self).replacing(old, with: new)
        let path = fixture.workspace.pendingPath(OperationNote.name)
        try Directory.create(fixture.workspace.pendingDirectory)
        try AtomicFile.write(Array(text.utf8), to: path)
        #expect(fixture.workspace.settle()?.message.contains(words) == true)
        try fixture.bring("c")
        let error = #expect(throws: AmxError.self) { try fixture.perform(fixture.operation(.install, ["c 1.0.0"])) }
        #expect(error?.message.contains(words) == true)
        #expect(try FileContent.read(path, limit: OperationNote.byteLimit) == Array(text.utf8))
        try Directory.remove(path)
        #expect(fixture.workspace.settle() == nil)
        try fixture.perform(fixture.operation(.install, ["c 1.0.0"]))
    }

    /// An older version, which would pass over the workspace's own files, does not take such a note for one of its own.
    @Test func aNoteWithFilesHasASchemaOfItsOwn() throws {
        var note = try Self.note()
        #expect(String(decoding: note.encoded, as: UTF8.self).contains(#""schema": 1"#))
        note.files = note.steps.first?.transition
        let text = String(decoding: note.encoded, as: UTF8.self)
        #expect(note.files != nil && text.contains(#""schema": 2"#) && OperationNote(note.encoded) == note)
        for (old, new) in [(#""schema": 2"#, #""schema": 1"#), (#""files""#, #""other""#)] {
            #expect(OperationNote(Array(text.replacing(old, with: new).utf8)) == nil)
        }
    }

    /// Bytes that are changed at random never bring the reader down.
    @Test func damageIsReadOrRefused() throws {
        var random = SeededGenerator(seed: 3)
        let bytes = try Self.note().encoded
        for _ in 0..<2_000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<damaged.count, using: &random)
                damaged[index] = UInt8.random(in: 0...255, using: &random)
            }
            if let note = OperationNote(damaged) { #expect(OperationNote(note.encoded) == note) }
        }
    }
}
