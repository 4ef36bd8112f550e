import Logging
import NIOCore
import Objects
import Wire

/// Collects an answer into chunks of about 64 KiB and sends them through a pipe as they fill.
///
/// An answer that fits one chunk is sent as a whole with its end, so that it needs no streaming. Used by one thread.
final class AnswerStream {
    private static let chunkBytes = 64 << 10

    private let pipe: OutboundPipe
    private var chunk = ByteBuffer()
    private var framing = PackFraming.raw
    /// Where the header of the packet that is being filled goes; nil between packets.
    private var packetStart: Int?

    private let failure: HubFailure
    private let logger: Logger

    init(_ pipe: OutboundPipe, _ failure: HubFailure, _ logger: Logger) {
        self.pipe = pipe
        self.failure = failure
        self.logger = logger
    }

    /// Whether anything has left already, so that an error can no longer replace the answer.
    private var hasSent = false

    /// Writes bytes of the protocol as they are.
    func write(_ bytes: [UInt8]) throws(AmxError) {
        chunk.writeBytes(bytes)
        try sendIfFull()
    }

    /// Starts the pack: what follows is framed.
    ///
    /// With `isSlow` what was written before leaves at once, and the client hears of the hub while it waits.
    func beginPack(_ framing: PackFraming, isSlow: Bool, isQuiet: Bool = false) throws(AmxError) {
        self.framing = framing
        guard isSlow else { return }
        try send()
        if framing != .raw { pipe.keepAlive(framing, isQuiet: isQuiet) }
    }

    /// Writes bytes of the pack.
    func writePack(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let start = beginPacket()
            let headerBytes = framing == .raw ? 0 : 5
            let room = min(framing.payloadBytes - (chunk.writerIndex - start - headerBytes), Self.chunkBytes)
            let part = rest.prefix(room)
            chunk.writeBytes(UnsafeRawBufferPointer(rebasing: part))
            rest = rest.dropFirst(part.count)
            if chunk.writerIndex - start - headerBytes >= min(framing.payloadBytes, Self.chunkBytes) {
                endPacket()
                try sendIfFull()
            }
        }
    }

    /// Writes bytes of the pack.
    func writePack(_ bytes: [UInt8]) throws(AmxError) {
        try bytes.span.withUnsafeBytes { buffer throws(AmxError) in try writePack(buffer) }
    }

    /// Ends the pack and the answer.
    func finishPack() throws(AmxError) {
        endPacket()
        chunk.writeBytes(framing.end)
        try finish()
    }

    /// Ends the answer.
    func finish() throws(AmxError) {
        try pipe.send(chunk, isLast: true)
    }

    /// Ends the answer by an error: instead of it, or where a part has gone already, on the channel for fatal errors.
    ///
    /// Without such a channel the connection breaks, which the client takes for the failure that it is. Of the hub's own
    /// failure the client learns no more than ``HubFailure`` lets it.
    func fail(_ error: AmxError) {
        let error = failure.told(error, logger, for: .reading)
        guard hasSent else {
            chunk = ByteBuffer(bytes: PacketWriter.refusal(error))
            try? finish()
            return
        }
        guard framing != .raw else {
            pipe.fail(error)
            return
        }
        endPacket()
        chunk.writeBytes(framing.fatal(error) + framing.end)
        try? finish()
    }

    private func beginPacket() -> Int {
        if let packetStart { return packetStart }
        let start = chunk.writerIndex
        packetStart = start
        if framing != .raw { chunk.writeRepeatingByte(0, count: 5) }
        return start
    }

    private func endPacket() {
        guard let start = packetStart else { return }
        packetStart = nil
        guard framing != .raw else { return }
        chunk.setBytes(framing.header(.data, count: chunk.writerIndex - start - 5), at: start)
    }

    private func sendIfFull() throws(AmxError) {
        guard chunk.readableBytes >= Self.chunkBytes - 1_024 else { return }
        try send()
    }

    private func send() throws(AmxError) {
        hasSent = true
        try pipe.send(chunk)
        chunk = ByteBuffer()
    }
}
