import Objects

/// Parses the body of a `POST git-upload-pack` as it arrives, in any protocol version.
///
/// Errors are meant for the client: answer them by `PacketWriter.refusal`. After an error the reader is of no further use.
package struct UploadPackReader: Sendable {
    private var packets = PacketReader(from: .client)
    private var command: CommandParser?
    private var wants: WantParser?
    private var receivedBytes = 0
    private let limits: WireLimits

    /// Starts to read a request of the version that its `Git-Protocol` header asks for.
    package init(version: ProtocolVersion, features: UploadPackFeatures, limits: WireLimits = .standard) {
        self.limits = limits
        if version == .v2 {
            command = CommandParser(features: features, limits: limits)
        } else {
            wants = WantParser(features: features, limits: limits)
        }
    }

    /// Reads the next bytes of the body, after any `Content-Encoding` was undone. Throws at the first offence.
    package mutating func append(_ bytes: some Collection<UInt8>) throws {
        receivedBytes += bytes.count
        guard receivedBytes <= limits.requestBytes else {
            throw Peer.client.violation("it has more than \(limits.requestBytes) bytes")
        }
        packets.append(bytes)
        while let packet = try packets.next() {
            try command?.accept(packet)
            try wants?.accept(packet)
        }
    }

    /// Ends the body and returns what it asks for; nil when it asks for nothing (the probe `0000` or an empty body), which
    /// is answered by an empty response.
    package func finish() throws -> ServerCommand? {
        try packets.finish()
        return try command?.finish() ?? wants?.finish().map { .fetch($0) }
    }

    /// Parses a whole body at once.
    package static func parse(
        _ body: some Collection<UInt8>, version: ProtocolVersion, features: UploadPackFeatures,
        limits: WireLimits = .standard
    ) throws -> ServerCommand? {
        var reader = UploadPackReader(version: version, features: features, limits: limits)
        try reader.append(body)
        return try reader.finish()
    }
}
