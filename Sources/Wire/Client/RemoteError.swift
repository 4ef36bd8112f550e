import Objects

/// Turns what a server says about its failure into an error.
enum RemoteError {
    /// Throws what an `ERR` packet says; other packets pass.
    static func check(_ packet: PacketLine) throws {
        guard let text = packet.line?.removing(prefix: "ERR ") else { return }
        throw error(text)
    }

    /// The error for a message of the server, from an `ERR` packet or the fatal channel of a side-band.
    static func error(_ text: ByteSlice) -> AmxError {
        let message = RemoteText.oneLine(RemoteText.clean(text.prefix(4_096)))
        // git's words for an object that went away between advertisement and request.
        let code: AmxError.Code = message.contains("not our ref") ? .notFound : .network
        return AmxError(code, "the server refused: \(message.isEmpty ? "it gave no reason" : message)")
    }
}
