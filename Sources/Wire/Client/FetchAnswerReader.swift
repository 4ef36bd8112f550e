import Objects

/// Parses a server's answer to one request of a fetch as it arrives, in the request's dialect.
struct FetchAnswerReader {
    /// Whether the server said that nothing more need be offered.
    private(set) var isReady = false
    /// Whether the server knows a commit that was offered.
    private(set) var foundCommon = false

    private let request: FetchRequest
    private let offered: Set<ObjectID>
    private let limits: WireLimits
    private var packets = PacketReader(from: .server)
    private var state: State
    private var update = ShallowUpdate()
    private var negotiationBytes = 0
    private var hasPack = false
    /// Where the pack may begin with a marker, until that is known.
    private var marker: ResumeMarkerReader?

    private enum State {
        /// v2: the name of a section comes.
        case section
        /// Lines of the section or part that is named so.
        case acknowledgments, shallowInfo
        /// v0: only the last `ACK` is missing before the pack.
        case lastAcknowledgment
        /// The pack, in a side-band or bare.
        case sideBand, bare
        /// All was said; in v0 also after a round without pack.
        case ended
    }

    init(to request: FetchRequest, limits: WireLimits) {
        self.request = request
        offered = Set(request.haves)
        marker = request.resume.map { ResumeMarkerReader($0) }
        self.limits = limits
        switch request.dialect {
        case .v2: state = .section
        case .v0: state = request.deepens ? .shallowInfo : .acknowledgments
        }
    }

    mutating func append(_ bytes: some Collection<UInt8>) throws -> [FetchEvent] {
        var events: [FetchEvent] = []
        packets.append(bytes)
        while state != .bare {
            let isNegotiating = state != .sideBand
            let before = packets.pendingBytes
            guard let packet = try packets.next() else { return events }
            if isNegotiating {
                negotiationBytes += before - packets.pendingBytes
                guard negotiationBytes <= limits.requestBytes else {
                    throw Peer.server.violation("it has more than \(limits.requestBytes) bytes before the pack")
                }
            }
            try RemoteError.check(packet)
            try accept(packet, events: &events)
        }
        let remainder = packets.takeRemainder()
        if !remainder.isEmpty { events.append(.pack(remainder)) }
        return events
    }

    /// Whether a packet has begun and is not whole.
    var isMidPacket: Bool { packets.pendingBytes > 0 }

    /// Ends the answer; whether it held the pack. Throws when it is not whole.
    func finish() throws -> Bool {
        try packets.finish()
        switch state {
        case .ended, .bare: break
        // A v0 server ends a round without a mark after its last `ACK` or `NAK`.
        case .acknowledgments where request.dialect != .v2 && request.end == .flush: break
        default: throw Peer.server.violation("it ends too early")
        }
        guard !hasPack || marker == nil else { throw Peer.server.violation("it ends before the pack does") }
        guard hasPack || request.end != .done else { throw Peer.server.violation("it holds no pack") }
        return hasPack
    }

    private mutating func accept(_ packet: PacketLine, events: inout [FetchEvent]) throws {
        switch state {
        case .section: try acceptSection(packet)
        case .acknowledgments, .lastAcknowledgment:
            if request.dialect == .v2 {
                try acceptAcknowledgmentV2(packet, events: &events)
            } else {
                try acceptAcknowledgmentV0(packet, events: &events)
            }
        case .shallowInfo: try acceptShallow(packet, events: &events)
        case .sideBand: try acceptSideBand(packet, events: &events)
        case .bare, .ended: throw Peer.server.violation("bytes follow its end")
        }
    }

    private mutating func acceptSection(_ packet: PacketLine) throws {
        guard let name = packet.line else { throw Peer.server.violation("a mark stands where a section begins") }
        if name.isText("acknowledgments") {
            state = .acknowledgments
        } else if name.isText("shallow-info") {
            state = .shallowInfo
        } else if name.isText("packfile") {
            beginPack(framing: .sideBand64k)
        } else {
            throw Peer.server.violation(
                "it has a section '\(RemoteText.clean(name.prefix(80)))', which was not asked for")
        }
    }

    private mutating func acceptAcknowledgmentV2(_ packet: PacketLine, events: inout [FetchEvent]) throws {
        switch packet {
        case .delimiter:
            guard isReady else { throw Peer.server.violation("a section follows although the server is not ready") }
            state = .section
        case .flush:
            guard !isReady else { throw Peer.server.violation("no pack follows although the server is ready") }
            state = .ended
        case .responseEnd: throw Peer.server.violation("a mark stands where none may")
        case .data:
            let line = packet.line ?? []
            if line.isText("ready") {
                isReady = true
            } else if let id = line.removing(prefix: "ACK ").flatMap({ ObjectID(hex: $0) }) {
                try acknowledge(id, events: &events)
            } else if !line.isText("NAK") {
                throw Self.unexpected(line)
            }
        }
    }

    private mutating func acceptAcknowledgmentV0(_ packet: PacketLine, events: inout [FetchEvent]) throws {
        guard let line = packet.line, case .v0(_, let noDone, let framing) = request.dialect else {
            throw Peer.server.violation("a mark stands where none may")
        }
        if line.isText("NAK") {
            if request.end == .done {
                beginPack(framing: framing)
            } else if isReady, noDone {
                state = .lastAcknowledgment
            }
            return
        }
        guard let words = line.removing(prefix: "ACK "), let id = ObjectID(hex: words.prefix(ObjectID.hexCount)) else {
            throw Self.unexpected(line)
        }
        let status = words.dropFirst(ObjectID.hexCount)
        if status.isEmpty {
            let isLast = request.end == .done || state == .lastAcknowledgment
            try acknowledge(id, events: &events)
            if isLast { beginPack(framing: framing) }
        } else if status.isText(" ready") {
            // The id may be one that the server does not have: it only ends that line of history.
            isReady = true
        } else if status.isText(" common") || status.isText(" continue") {
            try acknowledge(id, events: &events)
        } else {
            throw Self.unexpected(line)
        }
    }

    private mutating func acceptShallow(_ packet: PacketLine, events: inout [FetchEvent]) throws {
        let isV2 = request.dialect == .v2
        guard let line = packet.line else {
            guard packet == (isV2 ? .delimiter : .flush) else {
                throw Peer.server.violation("a mark stands where none may")
            }
            events.append(.shallow(update))
            state = isV2 ? .section : .acknowledgments
            return
        }
        guard update.shallow.count + update.unshallow.count < limits.shallows else {
            throw Peer.server.violation("it has more than \(limits.shallows) shallow commits")
        }
        if let id = line.removing(prefix: "shallow ").flatMap({ ObjectID(hex: $0) }) {
            update.shallow.append(id)
        } else if let id = line.removing(prefix: "unshallow ").flatMap({ ObjectID(hex: $0) }) {
            update.unshallow.append(id)
        } else {
            throw Self.unexpected(line)
        }
    }

    private mutating func acceptSideBand(_ packet: PacketLine, events: inout [FetchEvent]) throws {
        switch packet {
        case .flush: state = .ended
        case .delimiter, .responseEnd: throw Peer.server.violation("a mark stands where none may")
        case .data(let payload):
            let (channel, bytes) = try PackFraming.split(payload, from: .server)
            switch channel {
            case .data: if !bytes.isEmpty { try acceptPack(bytes, events: &events) }
            case .progress: events.append(.progress(RemoteText.progress(bytes)))
            case .fatal: throw RemoteError.error(bytes)
            }
        }
    }

    private mutating func acceptPack(_ bytes: ByteSlice, events: inout [FetchEvent]) throws {
        guard var reader = marker else { return events.append(.pack(bytes)) }
        let start = try reader.append(bytes)
        marker = start == nil ? reader : nil
        switch start {
        case .pack(let bytes): events.append(.pack(bytes))
        case .rest(let bytes):
            events.append(.resumed)
            if !bytes.isEmpty { events.append(.pack(bytes)) }
        case nil: break
        }
    }

    private mutating func beginPack(framing: PackFraming) {
        hasPack = true
        state = framing == .raw ? .bare : .sideBand
    }

    private mutating func acknowledge(_ id: ObjectID, events: inout [FetchEvent]) throws {
        // Anything else would be repeated in every later round.
        guard offered.contains(id) else {
            throw Peer.server.violation("it acknowledges \(id.hex), which was not offered")
        }
        foundCommon = true
        events.append(.acknowledged(id))
    }

    private static func unexpected(_ line: ByteSlice) -> AmxError {
        Peer.server.violation("'\(RemoteText.oneLine(RemoteText.clean(line.prefix(120))))' is not expected here")
    }
}
