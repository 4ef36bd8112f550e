import Foundation
import Objects
import Synchronization
import TestSupport
import Testing

/// Waiting for the disk together.
struct SyncGroupTests {
    /// The folder is one that the group knows, or one of a file system that it doesn't.
    @Test(arguments: [true, false])
    func everyPieceOfWorkComesToItsEndInOrder(isKnown: Bool) throws {
        let folder = try TemporaryDirectory()
        let group = SyncGroup(on: isKnown ? [folder.path, "\(folder.path)/nowhere"] : [])
        let results = group.map(Array(0..<100)) { index -> Result<Int, AmxError> in
            do throws(AmxError) {
                for step in 0..<3 { try AtomicFile.write([UInt8(index), UInt8(step)], to: "\(folder.path)/\(index)") }
                return .success(index)
            } catch {
                return .failure(error)
            }
        }
        #expect(try results.map { try $0.get() } == Array(0..<100))
        for index in 0..<100 { #expect(try folder.read("\(index)") == [UInt8(index), 2]) }
    }

    @Test func workThatHoldsALockWhileItWaitsDoesNotStopTheOthers() throws {
        let folder = try TemporaryDirectory()
        let group = SyncGroup(on: [folder.path])
        let results = group.map(Array(0..<40), running: 2) { index -> AmxError? in
            do throws(AmxError) {
                let lock = try FileLock("\(folder.path)/lock", busy: "cannot go on")
                defer { _ = lock }
                try AtomicFile.write([UInt8(index)], to: "\(folder.path)/file")
                return nil
            } catch {
                return error
            }
        }
        #expect(results.compactMap { $0 }.map(\.message) == [])
    }

    @Test func noMoreRunAtOnceThanMay() throws {
        let running = Atomic(0)
        let most = Mutex(0)
        _ = SyncGroup(on: []).map(Array(0..<64), running: 3) { _ in
            let now = running.add(1, ordering: .relaxed).newValue
            most.withLock { $0 = max($0, now) }
            usleep(500)
            running.subtract(1, ordering: .relaxed)
        }
        #expect((1...3).contains(most.withLock { $0 }))
    }
}
