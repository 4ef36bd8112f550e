import Dispatch
import NIOCore
import Objects
import Synchronization

/// Carries bytes from one blocking thread to one task, holding at most `capacity` bytes between them.
///
/// A full pipe blocks the thread, so that a slow client slows the producer down and costs no memory.
final class OutboundPipe: Sendable {
    /// What the task takes out.
    enum Event: Sendable {
        /// Bytes; with `isLast` nothing follows.
        case chunk(ByteBuffer, isLast: Bool)
        /// Nothing has come for a while; the bytes, if any, tell the client that the hub is still at work.
        case idle(ByteBuffer?)
    }

    /// What the producer gets when nobody reads any more.
    static let abandoned = AmxError(.interrupted, "the client went away")

    private struct State {
        var chunks: [(buffer: ByteBuffer, isLast: Bool)] = []
        var bytes = 0
        var failure: (any Error)?
        var isAbandoned = false
        var keepAlive: ByteBuffer?
        var word: ByteBuffer?
        var ticks = 0
        var producerWaits = false
        var reader: CheckedContinuation<Event, any Error>?
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)

    init(capacity: Int = 1 << 20) { self.capacity = capacity }

    /// Passes bytes on; blocks while the pipe is full. Called from the producer's thread only.
    func send(_ buffer: ByteBuffer, isLast: Bool = false) throws(AmxError) {
        enum Step { case sent, wait, hand(CheckedContinuation<Event, any Error>), abandoned }
        while true {
            let step: Step = state.withLock { state in
                if state.isAbandoned { return .abandoned }
                if let reader = state.reader {
                    state.reader = nil
                    return .hand(reader)
                }
                guard state.bytes < capacity else {
                    state.producerWaits = true
                    return .wait
                }
                state.chunks.append((buffer, isLast))
                state.bytes += buffer.readableBytes
                return .sent
            }
            switch step {
            case .sent: return
            case .wait: room.wait()
            case .abandoned: throw Self.abandoned
            case .hand(let reader):
                reader.resume(returning: .chunk(buffer, isLast: isLast))
                return
            }
        }
    }

    /// Ends the stream with an error, which the task gets after what was sent before.
    func fail(_ error: any Error) {
        let reader = state.withLock { state in
            state.failure = error
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(throwing: error)
    }

    /// Takes out the next bytes. One task reads; after the last chunk it must not ask again.
    func next() async throws -> Event {
        try await withCheckedThrowingContinuation { continuation in
            enum Step { case event(Event, wake: Bool), failure(any Error), wait }
            let step: Step = state.withLock { state in
                guard !state.chunks.isEmpty else {
                    if let failure = state.failure { return .failure(failure) }
                    state.reader = continuation
                    return .wait
                }
                let chunk = state.chunks.removeFirst()
                state.bytes -= chunk.buffer.readableBytes
                let wake = state.producerWaits && state.bytes < capacity
                if wake { state.producerWaits = false }
                return .event(.chunk(chunk.buffer, isLast: chunk.isLast), wake: wake)
            }
            switch step {
            case .event(let event, let wake):
                if wake { room.signal() }
                continuation.resume(returning: event)
            case .failure(let error): continuation.resume(throwing: error)
            case .wait: break
            }
        }
    }

    /// How many signs of life come before one in words.
    static let ticksForWords = 12

    /// Sets what a client may be sent from now on while nothing else comes, and now and then instead, for its user.
    func keepAlive(by bytes: ByteBuffer, saying word: ByteBuffer? = nil) {
        state.withLock { ($0.keepAlive, $0.word) = (bytes, word) }
    }

    /// Lets a waiting task return with `idle`.
    func tick() {
        let (reader, bytes) = state.withLock { state in
            defer { state.reader = nil }
            if state.reader != nil { state.ticks += 1 }
            let hasWord = state.reader != nil && state.ticks % Self.ticksForWords == 0
            return (state.reader, hasWord ? state.word ?? state.keepAlive : state.keepAlive)
        }
        reader?.resume(returning: .idle(bytes))
    }

    /// Says that nobody reads any more: the producer's next `send` throws. A task that waits is woken.
    func abandon() {
        let (reader, wake) = state.withLock { state in
            state.isAbandoned = true
            state.chunks = []
            defer {
                state.reader = nil
                state.producerWaits = false
            }
            return (state.reader, state.producerWaits)
        }
        if wake { room.signal() }
        reader?.resume(throwing: Self.abandoned)
    }
}
