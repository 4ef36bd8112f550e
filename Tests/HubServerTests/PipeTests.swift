import Foundation
import Glibc
import Logging
import NIOCore
import Synchronization
import Testing

@testable import HubServer

/// The bounded channels between tasks and threads, and the log.
@Suite struct PipeTests {
    @Test func carriesEverythingOutInOrder() async throws {
        let pipe = OutboundPipe(capacity: 1_000)
        Thread.detachNewThread {
            for number in 0..<500 {
                try? pipe.send(
                    ByteBuffer(repeating: UInt8(truncatingIfNeeded: number), count: 100), isLast: number == 499)
            }
        }
        var received = 0
        while true {
            guard case .chunk(let buffer, let isLast) = try await pipe.next() else { continue }
            #expect(buffer == ByteBuffer(repeating: UInt8(truncatingIfNeeded: received), count: 100))
            received += 1
            if isLast { break }
        }
        #expect(received == 500)
    }

    /// Whether something comes to be and is still so a moment later.
    private func stays(_ condition: () -> Bool) async throws -> Bool {
        for _ in 0..<6_000 {
            if condition() { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        try await Task.sleep(for: .milliseconds(50))
        return condition()
    }

    @Test func blocksAProducerThatIsAhead() async throws {
        let pipe = OutboundPipe(capacity: 1_000)
        let counter = Counter()
        Thread.detachNewThread {
            while (try? pipe.send(ByteBuffer(repeating: 0, count: 100))) != nil { counter.increment() }
            counter.finish()
        }
        #expect(try await stays { counter.value == 10 })
        _ = try await pipe.next()
        #expect(try await stays { counter.value == 11 })
        pipe.abandon()
        #expect(try await stays { counter.isFinished })
    }

    @Test func endsByAnErrorAfterWhatWasSent() async throws {
        let pipe = OutboundPipe()
        try pipe.send(ByteBuffer(string: "a"))
        pipe.fail(TestFailure(description: "over"))
        guard case .chunk(let buffer, isLast: false) = try await pipe.next() else {
            throw TestFailure(description: "?")
        }
        #expect(String(buffer: buffer) == "a")
        await #expect(throws: TestFailure.self) { try await pipe.next() }
    }

    @Test func ticksOnlyWhileNothingComes() async throws {
        let pipe = OutboundPipe()
        pipe.tick()
        let waiting = Task { try await pipe.next() }
        try await Task.sleep(for: .milliseconds(50))
        pipe.keepAlive(by: ByteBuffer(string: "beat"))
        // Again and again: the other one may only begin to wait now.
        let ticking = Task {
            while !Task.isCancelled {
                pipe.tick()
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        defer { ticking.cancel() }
        guard case .idle(let beat?) = try await waiting.value else { throw TestFailure(description: "no beat") }
        #expect(String(buffer: beat) == "beat")
    }

    @Test func saysAWordNowAndThen() async throws {
        let pipe = OutboundPipe()
        pipe.keepAlive(by: ByteBuffer(string: "beat"), saying: ByteBuffer(string: "word"))
        var beats: [String] = []
        while beats.count < 2 * OutboundPipe.ticksForWords {
            let waiting = Task { try await pipe.next() }
            let ticking = Task {
                while !Task.isCancelled {
                    pipe.tick()
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
            if case .idle(let beat?) = try await waiting.value { beats.append(String(buffer: beat)) }
            ticking.cancel()
        }
        let spell = Array(repeating: "beat", count: OutboundPipe.ticksForWords - 1) + ["word"]
        #expect(beats == spell + spell)
    }

    @Test func suspendsASenderThatIsAhead() async throws {
        let pipe = InboundPipe(capacity: 1_000)
        let counter = Counter()
        let sending = Task {
            for _ in 0..<40 where await pipe.send(ByteBuffer(repeating: 7, count: 100)) { counter.increment() }
            pipe.finish()
        }
        #expect(try await stays { counter.value == 9 })
        let total = try await Offload.run {
            var total = 0
            while let buffer = try pipe.receive() { total += buffer.readableBytes }
            return total
        }
        #expect(total == 4_000)
        await sending.value
    }

    @Test func dropsWhatComesAfterTheReaderHasClosed() async throws {
        let pipe = InboundPipe(capacity: 100)
        let sending = Task { await pipe.send(ByteBuffer(repeating: 7, count: 100)) }
        try await Task.sleep(for: .milliseconds(50))
        pipe.close()
        #expect(await sending.value == false)
        #expect(await pipe.send(ByteBuffer(string: "x")) == false)
    }

    @Test func logsOneLineOfJSON() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let descriptor = ends[1]
        var logger = Logger(label: "x") { _ in JSONLogHandler(descriptor: descriptor) }
        logger[metadataKey: "request_id"] = "r1"
        logger.info("say \"hi\"\n\u{1B}[31m", metadata: ["ms": .stringConvertible(3), "list": ["a", "b"]])
        logger.debug("not shown")
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(ends[0], &bytes, bytes.count)
        let line = String(decoding: bytes[..<count], as: UTF8.self)
        let expected =
            #","level":"info","message":"say \"hi\"\n\u001b[31m","list":["a","b"],"ms":3,"request_id":"r1"}"# + "\n"
        #expect(line.hasPrefix("{\"time\":\"2"))
        #expect(line.hasSuffix(expected))
        struct Parsed: Decodable { let message: String }
        #expect(try JSONDecoder().decode(Parsed.self, from: Data(line.utf8)).message == "say \"hi\"\n\u{1B}[31m")
    }

    /// Counts on one thread what another one looks at.
    private final class Counter: Sendable {
        private let state = Mutex((count: 0, isFinished: false))
        var value: Int { state.withLock { $0.count } }
        var isFinished: Bool { state.withLock { $0.isFinished } }
        func increment() { state.withLock { $0.count += 1 } }
        func finish() { state.withLock { $0.isFinished = true } }
    }
}
