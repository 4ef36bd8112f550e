import Capsules
import Foundation
import Glibc
import Objects
import TestSupport
import Testing

@testable import Runners

/// Several processes at one store, and what is left of one that is killed.
@Suite("Runners: a store and several processes", .onTestThreads) struct HostStoreProcessTests {
    private let folder: TemporaryDirectory
    private var path: String { folder.path + "/stores/orders.sqlite" }

    init() throws { folder = try TemporaryDirectory("amx-store") }

    /// Whatever is killed whenever: what was acknowledged is there, and nothing is half there.
    @Test(arguments: 0..<24) func aKilledWriterLosesNothingThatWasAcknowledged(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var last = 0
        for _ in 0..<4 {
            let acknowledged = folder.path + "/acknowledged"
            try? FileManager.default.removeItem(atPath: acknowledged)
            let first = last
            try ProcessCopy.kill(after: Int.random(in: 500...60_000, using: &random), keeping: folder.path) {
                let store = try KeyValueStore(path, quota: 1 << 20)
                let notes = try OpenFile(acknowledged, O_WRONLY | O_CREAT | O_APPEND)
                for number in (first + 1)... {
                    // Long values take several pages of the log.
                    let value = Array(repeating: UInt8(truncatingIfNeeded: number), count: number % 7 * 2_000)
                    try store.set(Array("even".utf8), value)
                    try store.set(Array("\(number)".utf8), Array("\(number)".utf8))
                    if number % 3 == 0 { _ = try store.remove(Array("\(number - 1)".utf8)) }
                    try notes.write([1])
                }
            }
            let count = (try? folder.read("acknowledged").count) ?? 0
            let store = try KeyValueStore(path, quota: 1 << 20)
            #expect(try store.check() == [])
            last = first + count
            for number in first + 1..<first + 1 + count {
                let value = try store.value(Array("\(number)".utf8))
                // The one after a second of three removes it, and may have done so before it was killed.
                let mayBeGone = number % 3 == 2
                #expect(value == Array("\(number)".utf8) || (mayBeGone && value == nil))
                #expect(!(mayBeGone && number < last) || value == nil)
            }
            // At most the one that was under way has been done, too.
            let next = try store.value(Array("\(last + 1)".utf8))
            #expect(next == nil || next == Array("\(last + 1)".utf8))
            #expect(try store.value(Array("\(last + 2)".utf8)) == nil)
            if let even = try store.value(Array("even".utf8)) {
                #expect(Set(even).count <= 1)
                #expect([last, last + 1].contains { $0 % 7 * 2_000 == even.count })
            }
            if next != nil { last += 1 }
        }
    }

    @Test func processesTakeTurns() async throws {
        let (count, path) = (40, path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for copy in 0..<3 {
                group.addTask {
                    // All of them make the file at the same moment.
                    await #expect(processExitsWith: .success) { [path = path as String, copy = copy as Int] in
                        let store = try KeyValueStore(path, quota: 1 << 20)
                        for number in 0..<40 { try store.set(Array("\(copy)-\(number)".utf8), [UInt8(number)]) }
                    }
                }
            }
            group.addTask {
                let store = try KeyValueStore(path, quota: 1 << 20)
                for number in 0..<count { try store.set(Array("here-\(number)".utf8), []) }
            }
            try await group.waitForAll()
        }
        let store = try KeyValueStore(path, quota: 1 << 20)
        #expect(try store.keys(from: [], after: nil, limit: 1_000) { _ in true }.keys.count == 4 * count)
        #expect(try store.check() == [])
    }

    @Test func theQuotaHoldsForAllTogether() async throws {
        let path = path
        await withTaskGroup(of: Void.self) { group in
            for copy in 0..<3 {
                group.addTask {
                    await #expect(processExitsWith: .success) { [path = path as String, copy = copy as Int] in
                        let store = try KeyValueStore(path, quota: 2_000)
                        for number in 0..<50 {
                            try? store.set(Array("\(copy)-\(number)".utf8), [UInt8](repeating: 0, count: 60))
                        }
                    }
                }
            }
        }
        let store = try KeyValueStore(path, quota: 2_000)
        #expect(try (1_930...2_000).contains(store.used()))
        #expect(try store.check() == [])
    }
}
