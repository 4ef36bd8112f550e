/// Abandons a pipe when its last user goes, whether or not anything was ever read.
///
/// A response's body keeps one: when the connection dies before the body is asked for, the producer's thread is freed.
final class OutboundPipeReader: Sendable {
    let pipe: OutboundPipe

    init(_ pipe: OutboundPipe) { self.pipe = pipe }

    deinit { pipe.abandon() }
}
