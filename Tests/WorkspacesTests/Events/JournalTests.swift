import Capsules
import Foundation
import Glibc
import Objects
import Synchronization
import TestSupport
import Testing

@testable import Workspaces

@Suite struct JournalTests {
    static let checksums: [(String, UInt32)] = [
        ("", 0), ("123456789", 0xE306_9283), (String(repeating: "\0", count: 32), 0x8A91_36AA),
    ]

    @Test(arguments: checksums)
    func checksumsAreThoseOfTheStandard(_ text: String, _ value: UInt32) {
        #expect(CRC32C.checksum(of: Array(text.utf8)) == value)
        var parts = CRC32C()
        for byte in text.utf8 { parts.update([byte]) }
        #expect(parts.value == value)
        var looked = CRC32C()
        Array(text.utf8).withUnsafeBytes { looked.updateByTables($0) }
        #expect(looked.value == value)
    }

    @Test func authenticationCodesAreThoseOfTheStandard() {
        let short = SHA256Hasher.authenticationCode(
            of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(short.hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = SHA256Hasher.authenticationCode(
            of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            key: Array(repeating: 0xAA, count: 131))
        #expect(long.hex == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test func theFileIsAsDocumented() throws {
        let fixture = try EventFixture()
        let events = try fixture.append(2)
        let bytes = try fixture.base.folder.read(".aimatrix/journal")
        let replica = try #require(try fixture.workspace.replica())
        #expect(Array(bytes[..<16]) == Array("amx-journal-v1\0\0".utf8))
        #expect(ReplicaID(bytes: bytes[16..<32]) == replica)
        #expect(bytes.littleEndian(UInt64.self, at: 32) == 0)
        #expect(Array(bytes[48..<68]) == Array(repeating: 0, count: 20))
        #expect(bytes.littleEndian(UInt32.self, at: 68) == CRC32C.checksum(of: bytes[..<68]))
        let count = Int(bytes.littleEndian(UInt32.self, at: 72))
        #expect(Array(bytes[80..<(80 + count)]) == events[0].line)
        let sequence: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
        #expect(
            bytes.littleEndian(UInt32.self, at: 76) == CRC32C.checksum(of: bytes[68..<72] + sequence + events[0].line))
        let second = 72 + JournalRecord.byteCount(ofLine: count)
        #expect(second % 8 == 0)
        #expect(Int(bytes.littleEndian(UInt32.self, at: second)) == events[1].line.count)
        #expect(bytes.count > 60_000)
        #expect(bytes.suffix(60_000).allSatisfy { $0 == 0 })
        let status = try FileManager.default.attributesOfItem(atPath: fixture.workspace.replicaPath)
        #expect(status[.size] as? Int ?? 0 > 33)
    }

    @Test func atEveryByteATornTailEndsTheJournal() throws {
        let header = JournalHeader(
            replica: try #require(ReplicaID("0123456789abcdef0123456789abcdef")), base: 7, commit: nil)
        #expect(JournalHeader(header.encoded) == header)
        for index in 0..<JournalHeader.byteCount {
            var damaged = header.encoded
            damaged[index] ^= 1
            #expect(JournalHeader(damaged) == nil, "byte \(index)")
        }
        let lines = ["first", "the second line", "3"].map { Array($0.utf8) }
        var end = JournalEnd(header)
        let (bytes, records) = end.encode(lines)
        #expect(records.map(\.sequence) == [8, 9, 10])
        for cut in 0...bytes.count {
            var from = JournalEnd(header)
            let found = from.decode(Array(bytes[..<cut]))
            #expect(found == records.filter { $0.end - JournalHeader.byteCount <= cut })
            #expect(from.offset == found.last?.end ?? JournalHeader.byteCount)
        }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x10
            var from = JournalEnd(header)
            let found = from.decode(damaged)
            // Filling is not looked at.
            let whole = records.filter { $0.end - JournalHeader.byteCount <= index }
            #expect(found == whole || found == records, "byte \(index)")
        }
        // A record that an earlier journal has left behind fits nowhere.
        var other = JournalEnd(header)
        let (rest, _) = other.encode([Array("fir5t".utf8)])
        var mixed = JournalEnd(header)
        #expect(mixed.decode(rest + bytes.dropFirst(rest.count)).count == 1)
    }

    @Test func whatATornAppendLeftIsWrittenOver() throws {
        let fixture = try EventFixture()
        let kept = try fixture.append(3)
        let path = fixture.workspace.journalPath
        let file = try #require(try Journal.read(fixture.workspace))
        var after = file.end
        let (torn, _) = after.encode([Array(repeating: 0x61, count: 500), Array(repeating: 0x62, count: 500)])
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.seek(toOffset: UInt64(file.end.offset))
        try handle.write(contentsOf: Data(torn.dropFirst(0).enumerated().map { $0.offset == 100 ? 0 : $0.element }))
        try handle.close()
        #expect(try fixture.events() == kept)
        let next = try fixture.append(1, from: 3)
        #expect(next[0].sequence == 4)
        #expect(try fixture.events().map(\.id) == (kept + next).map(\.id))
        #expect(try fixture.audit().findings == [])
    }

    @Test func aDamagedRecordThatWasDurableIsToldAndNotWrittenOver() throws {
        let fixture = try EventFixture()
        try fixture.append(5)
        let path = fixture.workspace.journalPath
        let file = try #require(try Journal.read(fixture.workspace))
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.seek(toOffset: UInt64(file.records[1].end + 20))
        try handle.write(contentsOf: Data([0x7E]))
        try handle.close()
        let before = try fixture.base.folder.read(".aimatrix/journal")
        let error = #expect(throws: AmxError.self) { try fixture.append(1) }
        #expect(error?.code == .verification)
        #expect(error?.message.hasPrefix("Failed to append event: ") == true)
        #expect(try fixture.base.folder.read(".aimatrix/journal") == before)
        #expect(try fixture.audit().findings.map(\.kind) == [.journal])
        let failure = #expect(throws: AmxError.self) { try fixture.events() }
        #expect(failure?.message.hasPrefix("Failed to retrieve events: ") == true)
    }

    @Test func aFailedSyncIsNeverTriedAgainIntoSuccess() throws {
        let fixture = try EventFixture()
        let kept = try fixture.append(2)
        let broken: Journal.Sync = { _ in
            errno = EIO
            return -1
        }
        let failing = EventStore(fixture.workspace, journal: try Journal(fixture.workspace, sync: broken))
        #expect(throws: AmxError.self) { try failing.append([fixture.draft(9, in: fixture.stream())]) }
        // The event of the failed sync is gone, for readers too, though the file has it.
        #expect(try fixture.events() == kept)
        let inode = try FileManager.default.attributesOfItem(atPath: fixture.workspace.journalPath)[.systemFileNumber]
        let next = try fixture.append(1, from: 2)
        #expect(next[0].sequence == 3)
        let other = try FileManager.default.attributesOfItem(atPath: fixture.workspace.journalPath)[.systemFileNumber]
        #expect(inode as? Int != other as? Int)
        #expect(try fixture.events() == kept + next)
        #expect(try fixture.audit().findings == [])
    }

    @Test func aFailedSyncFailsAllThatItWouldHaveCovered() throws {
        let fixture = try EventFixture()
        try fixture.append(1)
        let stream = try fixture.stream()
        let workspace = fixture.workspace
        // The first writer's sync waits until the second has written, and then fails.
        let replica = try #require(try workspace.replica())
        let second = try Journal(workspace)
        var ticket: JournalTicket?
        let failing = try Journal(workspace) { _ in
            let line = Event(
                replica: replica, sequence: 3, stream: stream, type: .error,
                payload: JSONObject(), time: .now(), personal: [:]
            ).line
            ticket = try? second.append { _ throws(AmxError) in [line] }
            errno = EIO
            return -1
        }
        #expect(throws: AmxError.self) {
            try EventStore(workspace, journal: failing).append([fixture.draft(2, in: stream)])
        }
        let written = try #require(ticket)
        #expect(throws: AmxError.self) { try second.wait(for: written) { _, _ throws(AmxError) in false } }
        // The same once the next writer has put a new journal in place.
        try fixture.append(1)
        #expect(throws: AmxError.self) { try second.wait(for: written) { _, _ throws(AmxError) in false } }
        #expect(try fixture.events().map(\.sequence) == [1, 2])
    }

    @Test func withoutAMarkTheJournalIsMadeAnew() throws {
        let fixture = try EventFixture()
        let kept = try fixture.append(3)
        try FileManager.default.removeItem(atPath: fixture.workspace.journalMarkPath)
        #expect(try fixture.events() == kept)
        let next = try fixture.append(1)
        #expect(try fixture.events() == kept + next)
        #expect(try fixture.audit().findings == [])
    }

    /// Who syncs may have written half of the mark when somebody appends.
    @Test func aMarkThatIsBeingWrittenIsWaitedFor() throws {
        let fixture = try EventFixture()
        let kept = try fixture.append(1)
        let workspace = fixture.workspace
        let draft = fixture.draft(1, in: try fixture.stream())
        let inode = FileIdentity(workspace.journalPath)
        let (syncing, writing) = (try BriefLock(workspace.journalMarkPath), try BriefLock(workspace.journalLockPath))
        let mark = try #require(JournalMark.read(syncing))
        let appended = Mutex<[Event]>([])
        let group = DispatchGroup()
        try syncing.hold("the test cannot begin") { () throws(AmxError) in
            try syncing.write(BriefLock.Content(syncing.content[0] ^ 1, 0, 0, 0), count: 1)
            DispatchQueue.global().async(group: group) {
                let events = try? EventStore(workspace).append([draft])
                appended.withLock { $0 = events ?? [] }
            }
            // Until it holds the journal's lock, and has probably looked at the mark.
            while try writing.holdIfFree({ true }) == true { usleep(1_000) }
            usleep(20_000)
            try mark.write(syncing)
        }
        group.wait()
        let next = appended.withLock { $0 }
        #expect(next.map(\.sequence) == [2])
        #expect(FileIdentity(workspace.journalPath) == inode)
        #expect(try fixture.events() == kept + next)
    }

    @Test func halfAMarkIsLookedAtAgain() throws {
        let folder = try TemporaryDirectory()
        let lock = try BriefLock(folder.appending("lock"))
        let mark = JournalMark(generation: 5, durable: 4096)
        try mark.write(lock)
        let whole = lock.content
        var half = whole
        half[1] = 8192
        var looks = 0
        func look(_ contents: [BriefLock.Content?]) -> JournalMark? {
            looks = 0
            return JournalMark.read {
                looks += 1
                return contents[min(looks, contents.count) - 1]
            }
        }
        #expect(look([whole, half]) == mark && looks == 1)
        #expect(look([half, half, whole]) == mark && looks == 3)
        #expect(look([half]) == nil && looks > 3)
        // There is none, or no file.
        #expect(look([BriefLock.Content(), whole]) == nil && looks == 1)
        #expect(look([nil, whole]) == nil && looks == 1)
    }

    /// The note only spares others to read.
    @Test func anAppendWhoseNoteFailsHasHappened() throws {
        let fixture = try EventFixture()
        var kept = try fixture.append(1)
        let store = try fixture.store()
        let path = fixture.workspace.journalLockPath
        let unwritable = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(unwritable) }
        let replaced = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
            .filter { descriptor in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
                return descriptor != unwritable && target == path
                    && dup2(unwritable, descriptor) == descriptor
            }
        #expect(replaced.count == 1)
        kept += try store.append([fixture.draft(1, in: fixture.stream())])
        kept += try store.append([fixture.draft(2, in: fixture.stream())])
        kept += try fixture.append(1, from: 3)
        kept += try store.append([fixture.draft(4, in: fixture.stream())])
        #expect(kept.map(\.sequence) == Array(1...5))
        #expect(try fixture.events() == kept)
        #expect(try fixture.audit().findings == [])
    }

    /// A journal of another copy that comes again keeps what came first.
    @Test func whatIsPutAsideReplacesNothing() throws {
        let fixture = try EventFixture()
        let other = try EventFixture()
        let foreign = try other.append(2)
        try fixture.append(1)
        try fixture.store().fold()
        let path = fixture.workspace.journalPath
        var journals: [[UInt8]] = []
        for _ in 0..<3 {
            try other.append(1)
            journals.append(try other.base.folder.read(".aimatrix/journal"))
            try fixture.base.folder.write(".aimatrix/journal", journals[journals.count - 1])
            // As in a copied directory, which has no id of its own yet.
            let replica = try #require(try fixture.workspace.replica())
            try fixture.base.folder.write(".aimatrix/replica", text: "\(replica.string)\n1 1\n")
            try fixture.append(1)
        }
        let name = ".aimatrix/journal-\(foreign[0].replica.string)"
        #expect(try [name, "\(name)-2", "\(name)-3"].map { try fixture.base.folder.read($0) } == journals)
        #expect(Directory.exists(path) && !Directory.exists("\(path)-4"))
    }

    /// The note of the end may tell of too much after a failure of the machine, and of too little after a kill.
    @Test func aNoteThatIsWrongLosesNothing() throws {
        let fixture = try EventFixture()
        var kept = try fixture.append(3)
        let open = try fixture.store()
        kept += try open.append([fixture.draft(3, in: fixture.stream())])
        let lock = try BriefLock(fixture.workspace.journalLockPath)
        let note = try #require(JournalNote.read(lock))
        #expect(note.end.sequence == 4)
        // A record without its note.
        kept += try fixture.append(2, from: 4)
        try note.write(lock)
        #expect(JournalNote.read(lock) == note)
        kept += try open.append([fixture.draft(6, in: fixture.stream())])
        #expect(kept.map(\.sequence) == Array(1...7))
        #expect(try fixture.events() == kept)
        // A note of records that are gone: whoever comes anew reads the journal itself.
        var end = try #require(JournalNote.read(lock)).end
        _ = end.encode([Array(repeating: 0x61, count: 900)])
        try JournalNote(generation: note.generation, end: end).write(lock)
        kept += try fixture.append(2, from: 7)
        try Data(repeating: 0xFF, count: 32).write(to: URL(fileURLWithPath: fixture.workspace.journalLockPath))
        kept += try fixture.append(1, from: 9)
        #expect(try fixture.events() == kept)
        #expect(kept.map(\.sequence) == Array(1...10))
        #expect(try fixture.audit().findings == [])
    }

    /// A reader that has opened the journal right before it was replaced sees the one in its place: what came since, and not what a failed
    /// sync has taken with it.
    @Test(arguments: [1, 3]) func aReaderThatIsOvertakenSeesTheNewJournal(replacements: Int) throws {
        let fixture = try EventFixture()
        let workspace = fixture.workspace
        var kept = try fixture.append(2)
        let failing = EventStore(
            workspace,
            journal: try Journal(workspace) { _ in
                errno = EIO
                return -1
            })
        #expect(throws: AmxError.self) { try failing.append([fixture.draft(9, in: fixture.stream())]) }
        let opened = try #require(try JournalFile.open(workspace.journalPath))
        for _ in 0..<replacements {
            kept += try fixture.append(1, from: kept.count)
            if replacements > 1 {
                try fixture.store().fold()
                kept = []
            }
        }
        #expect(!opened.isCurrent)
        let file = try #require(try Journal.read(workspace, opened: opened))
        #expect(try file.events(of: EventQuery()) == kept)
        #expect(file.isCurrent && file.header.base == (replacements > 1 ? 5 : 0))
        // One that nobody has replaced is read as it was opened.
        let current = try #require(try JournalFile.open(workspace.journalPath))
        #expect(try Journal.read(workspace, opened: current) === current)
        #expect(try fixture.audit().findings == [])
    }

    @Test func readersSeeWhatIsOnTheDisk() throws {
        let fixture = try EventFixture()
        let kept = try fixture.append(1)
        let stream = try fixture.stream()
        let event = Event(
            replica: kept[0].replica, sequence: 2, stream: stream, type: .error, payload: JSONObject(), time: .now(),
            personal: [:])
        _ = try Journal(fixture.workspace).append { _ throws(AmxError) in [event.line] }
        var follower = EventReader(fixture.workspace)
        var seen: [Event] = []
        try follower.read(EventQuery()) { seen.append($0) }
        #expect(seen == kept)
        // What comes next will stand after it.
        #expect(try fixture.store().state(of: stream).version == 2)
        #expect(throws: AmxError.self) {
            try fixture.store().append([fixture.draft(1, in: stream, expecting: .exactly(1))])
        }
        #expect(try fixture.events() == kept)
        let next = try fixture.append(1)
        try follower.read(EventQuery()) { seen.append($0) }
        #expect(seen == kept + [event] + next)
    }

    @Test func writersShareSyncs() throws {
        let fixture = try EventFixture()
        let workspace = fixture.workspace
        let syncs = Mutex(0)
        let failures = Mutex(0)
        let writers = Mutex(16)
        let stream = try fixture.stream()
        /// How many records wait for a sync, as far as the last one has told.
        @Sendable func waiting() throws -> Int {
            let durable = Journal.mark(of: workspace)?.durable ?? 0
            guard let file = try JournalFile.open(workspace.journalPath) else { return 0 }
            try file.readOn()
            return file.records.count { $0.end > durable }
        }
        WorkerThreads.run(16) {
            do {
                let journal = try Journal(workspace) { descriptor in
                    syncs.withLock { $0 += 1 }
                    // A slow disk: meanwhile every other one has written, who has not written all yet.
                    guard (try? Patience.waits { try waiting() >= writers.withLock { $0 } }) == true else { return -1 }
                    return fdatasync(descriptor)
                }
                let store = EventStore(workspace, journal: journal)
                for _ in 0..<10 { try store.append([EventDraft(.accessed, in: stream)]) }
            } catch {
                failures.withLock { $0 += 1 }
            }
            writers.withLock { $0 -= 1 }
        }
        #expect(failures.withLock { $0 } == 0)
        #expect(try fixture.events().map(\.sequence) == Array(1...160))
        let count = syncs.withLock { $0 }
        #expect(count < 80, "160 events with \(count) syncs")
    }
}
