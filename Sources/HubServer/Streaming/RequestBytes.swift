import HTTPTypes
import Hummingbird
import NIOCore

/// The bytes of a request's body, decompressed, bounded in size and in patience.
struct RequestBytes {
    private let request: Request
    private let limit: Int
    private let isCompressed: Bool

    /// How slowly a body may come, averaged over all the time spent waiting for it, once that is a minute.
    static let slowestBytesPerSecond = 256
    static let patience: Duration = .seconds(60)

    /// Prepares to read at most `limit` decompressed bytes. Throws 415 for an encoding other than gzip and identity, and
    /// 413 when the request announces more.
    init(_ request: Request, limit: Int) throws {
        switch request.headers[.contentEncoding]?.lowercased() {
        case nil, "identity": isCompressed = false
        case "gzip", "x-gzip": isCompressed = true
        case let other?:
            throw RequestFailure.unsupportedMediaType(
                "bad request: the content encoding \(other.prefix(40)) is unknown")
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Self.tooLarge(limit)
        }
        self.request = request
        self.limit = limit
    }

    /// Passes each piece on, at most once over the whole body.
    ///
    /// Throws 413 past the limit, 408 for a body that dribbles in, 400 for one that is cut off, badly framed or
    /// damaged gzip, and whatever `body` throws.
    func forEach(_ body: (ByteBuffer) async throws -> Void) async throws {
        let inflater = isCompressed ? try GzipInflater() : nil
        var (received, total) = (0, 0)
        var waited = Duration.zero
        var iterator = request.body.makeAsyncIterator()
        while true {
            let start = ContinuousClock.now
            let next: ByteBuffer?
            do {
                next = try await iterator.next()
            } catch let error as CancellationError {
                throw error
            } catch {
                throw RequestFailure.malformed("bad request: its body is cut off or badly framed")
            }
            guard let part = next else { break }
            waited += start.duration(to: .now)
            received += part.readableBytes
            if waited > Self.patience, received / Int(waited.components.seconds) < Self.slowestBytesPerSecond {
                throw RequestFailure.tooSlow
            }
            func pass(_ piece: ByteBuffer) async throws {
                total += piece.readableBytes
                guard total <= limit else { throw Self.tooLarge(limit) }
                try await body(piece)
            }
            if let inflater {
                try await inflater.inflate(part, pass)
            } else {
                try await pass(part)
            }
        }
        if received > 0 { try inflater?.finish() }
    }

    private static func tooLarge(_ limit: Int) -> RequestFailure {
        .tooLarge("bad request: its body is larger than \(limit) bytes")
    }
}
