import NIOCore
import Wire

extension OutboundPipe {
    /// Lets a client in a side-band hear of the hub while it works: by packets that say nothing, and each minute, unless `isQuiet`, by
    /// a line for its user, so that the client knows it for more than a connection that nobody has closed.
    func keepAlive(_ framing: PackFraming, isQuiet: Bool) {
        let word = isQuiet ? nil : ByteBuffer(bytes: framing.frame(Array("still at work\n".utf8), on: .progress))
        keepAlive(by: ByteBuffer(bytes: framing.keepAlive), saying: word)
    }
}
