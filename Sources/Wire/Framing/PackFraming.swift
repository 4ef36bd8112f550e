package import Objects

/// How a pack and the messages beside it share one response.
///
/// Source: gitprotocol-capabilities(5), `side-band` and `side-band-64k`. Protocol v2 always uses the latter.
package enum PackFraming: Sendable, Hashable {
    /// The pack's bytes alone, until the end of the response.
    case raw
    /// Channels in packets of at most 1,000 bytes.
    case sideBand
    /// Channels in packets of at most 65,520 bytes.
    case sideBand64k

    /// What a packet of a side-band carries, by its first byte.
    package enum Channel: UInt8, Sendable, CaseIterable {
        /// Pack data, or the report of a push.
        case data = 1
        /// Text for the user.
        case progress = 2
        /// Text for the user, after which nothing follows.
        case fatal = 3
    }

    /// How many bytes one packet carries beside length and channel.
    package var payloadBytes: Int {
        switch self {
        case .raw: Int.max
        case .sideBand: 1_000 - 5
        case .sideBand64k: PacketLine.maximumBytes - 5
        }
    }

    /// The five bytes before a payload of at most `payloadBytes`: for senders that don't want to copy it. Empty for `raw`.
    package func header(_ channel: Channel, count: Int) -> [UInt8] {
        self == .raw ? [] : PacketWriter.header(count + 5) + [channel.rawValue]
    }

    /// Appends framed bytes, in as many packets as they need. Without side-band only `data` is sent, the rest dropped.
    package func append(_ payload: some Collection<UInt8>, on channel: Channel = .data, to bytes: inout [UInt8]) {
        guard self != .raw else {
            if channel == .data { bytes.append(contiguous: payload) }
            return
        }
        var rest = payload[...]
        while !rest.isEmpty {
            let part = rest.prefix(payloadBytes)
            bytes.append(contentsOf: header(channel, count: part.count))
            bytes.append(contiguous: part)
            rest = rest.dropFirst(part.count)
        }
    }

    /// Frames bytes, in as many packets as they need.
    package func frame(_ payload: some Collection<UInt8>, on channel: Channel = .data) -> [UInt8] {
        var bytes: [UInt8] = []
        append(payload, on: channel, to: &bytes)
        return bytes
    }

    /// The packets that end a response with an error after its pack has begun; without side-band nothing can say so.
    package func fatal(_ error: AmxError) -> [UInt8] {
        frame(Array("\(RemoteText.oneLine(error.description))\n".utf8), on: .fatal)
    }

    /// A packet that says nothing, to be sent while a long computation keeps the client waiting.
    package var keepAlive: [UInt8] { header(.data, count: 0) }

    /// What follows the last byte of the pack.
    package var end: [UInt8] { self == .raw ? [] : PacketWriter.header(0) }

    /// Splits a side-band packet into channel and bytes. Throws for a packet without channel or an unknown one.
    package static func split(
        _ payload: ArraySlice<UInt8>, from peer: Peer
    ) throws -> (channel: Channel, bytes: ArraySlice<UInt8>) {
        guard let first = payload.first else { throw peer.violation("a side-band packet names no channel") }
        guard let channel = Channel(rawValue: first) else {
            throw peer.violation("there is no side-band channel \(first)")
        }
        return (channel, payload.dropFirst())
    }
}
