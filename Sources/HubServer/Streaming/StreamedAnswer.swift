import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Turns what a blocking thread writes into a pipe into a response.
///
/// A short answer becomes an ordinary body with its length. A long one is streamed as fast as the client reads, and its
/// connection is closed when the client takes nothing for a minute.
struct StreamedAnswer: Sendable {
    private let reader: OutboundPipeReader
    private let headers: HTTPFields
    private let channel: any Channel

    static let keepAliveInterval: Duration = .seconds(5)
    static let patience: Duration = .seconds(60)

    init(_ pipe: OutboundPipe, headers: HTTPFields, channel: any Channel) {
        reader = OutboundPipeReader(pipe)
        self.headers = headers
        self.channel = channel
    }

    /// Waits for the first bytes, or for the first sign of life where the answer takes long. Throws what the thread threw.
    func response() async throws -> Response {
        let pulse = Pulse(reader.pipe, channel)
        defer { pulse.stop() }
        while true {
            switch try await reader.pipe.next() {
            case .chunk(let buffer, isLast: true):
                return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: buffer))
            case .chunk(let buffer, isLast: false), .idle(let buffer?):
                return stream(startingWith: buffer)
            case .idle(nil):
                continue
            }
        }
    }

    private func stream(startingWith first: ByteBuffer) -> Response {
        Response(
            status: .ok, headers: headers,
            body: ResponseBody { [reader, channel] writer in
                let pipe = reader.pipe
                defer { pipe.abandon() }
                let pulse = Pulse(pipe, channel)
                defer { pulse.stop() }
                var pending: ByteBuffer? = first
                var isLast = false
                while true {
                    if let buffer = pending {
                        pulse.writeBegins()
                        try await writer.write(buffer)
                        pulse.writeEnds()
                    }
                    if isLast { break }
                    switch try await pipe.next() {
                    case .chunk(let buffer, let last): (pending, isLast) = (buffer, last)
                    case .idle(let buffer): pending = buffer
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// Beats while an answer is under way: wakes the reader for signs of life and closes the connection of a client that
    /// takes nothing.
    private final class Pulse: Sendable {
        private let writing: WriteClock
        private let beat: Task<Void, Never>

        init(_ pipe: OutboundPipe, _ channel: any Channel) {
            let writing = WriteClock()
            self.writing = writing
            beat = Task {
                while (try? await Task.sleep(for: StreamedAnswer.keepAliveInterval)) != nil {
                    pipe.tick()
                    if writing.age > StreamedAnswer.patience { channel.close(promise: nil) }
                }
            }
        }

        func writeBegins() { writing.start() }

        func writeEnds() { writing.stop() }

        func stop() { beat.cancel() }
    }

    /// When the write that is under way began.
    private final class WriteClock: Sendable {
        private let began = Mutex<ContinuousClock.Instant?>(nil)

        func start() { began.withLock { $0 = .now } }

        func stop() { began.withLock { $0 = nil } }

        var age: Duration { began.withLock { $0.map { $0.duration(to: .now) } ?? .zero } }
    }
}
