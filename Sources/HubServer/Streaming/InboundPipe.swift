import Dispatch
import NIOCore
import Synchronization

/// Carries bytes from one task to one blocking thread, holding at most `capacity` bytes between them.
///
/// A full pipe suspends the task, so that the client is not read faster than its bytes are worked on.
final class InboundPipe: Sendable {
    private struct State {
        var buffers: [ByteBuffer] = []
        var bytes = 0
        var isFinished = false
        var failure: (any Error)?
        var isClosed = false
        var readerWaits = false
        var writer: CheckedContinuation<Bool, Never>?
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let filled = DispatchSemaphore(value: 0)

    init(capacity: Int = 1 << 20) { self.capacity = capacity }

    /// Passes bytes on; suspends while the pipe is full. False when the thread has stopped reading.
    func send(_ buffer: ByteBuffer) async -> Bool {
        await withCheckedContinuation { continuation in
            enum Step { case open(wake: Bool), wait(wake: Bool), closed }
            let step: Step = state.withLock { state in
                if state.isClosed { return .closed }
                state.buffers.append(buffer)
                state.bytes += buffer.readableBytes
                let wake = state.readerWaits
                state.readerWaits = false
                guard state.bytes >= capacity else { return .open(wake: wake) }
                state.writer = continuation
                return .wait(wake: wake)
            }
            switch step {
            case .open(let wake):
                if wake { filled.signal() }
                continuation.resume(returning: true)
            case .wait(let wake): if wake { filled.signal() }
            case .closed: continuation.resume(returning: false)
            }
        }
    }

    /// Ends the stream: orderly, or by an error that the thread gets after what was sent before.
    func finish(_ failure: (any Error)? = nil) {
        let wake = state.withLock { state in
            state.isFinished = true
            state.failure = failure
            defer { state.readerWaits = false }
            return state.readerWaits
        }
        if wake { filled.signal() }
    }

    /// Takes out the next bytes, nil at the end; blocks while there are none. Called from one thread only.
    func receive() throws -> ByteBuffer? {
        enum Step { case buffer(ByteBuffer, CheckedContinuation<Bool, Never>?), wait, end, failure(any Error) }
        while true {
            let step: Step = state.withLock { state in
                guard !state.buffers.isEmpty else {
                    guard state.isFinished else {
                        state.readerWaits = true
                        return .wait
                    }
                    return state.failure.map { .failure($0) } ?? .end
                }
                let buffer = state.buffers.removeFirst()
                state.bytes -= buffer.readableBytes
                guard state.bytes < capacity else { return .buffer(buffer, nil) }
                defer { state.writer = nil }
                return .buffer(buffer, state.writer)
            }
            switch step {
            case .buffer(let buffer, let writer):
                writer?.resume(returning: true)
                return buffer
            case .wait: filled.wait()
            case .end: return nil
            case .failure(let error): throw error
            }
        }
    }

    /// Says that the thread reads no more: later bytes are dropped.
    func close() {
        let writer = state.withLock { state in
            state.isClosed = true
            state.buffers = []
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume(returning: false)
    }
}
