import Objects

/// Parses a server's answer to `LsRefsRequest` as it arrives.
package struct LsRefsReader: Sendable {
    private let limits: WireLimits
    private var packets = PacketReader(from: .server)
    private var refs: [AdvertisedRef] = []
    private var unbornHead: String?
    private var isEnded = false
    private var receivedBytes = 0

    /// Starts to read an answer.
    package init(limits: WireLimits = .standard) { self.limits = limits }

    /// Reads the next bytes. Throws at the first offence, and what the server says in an `ERR` packet.
    package mutating func append(_ bytes: some Collection<UInt8>) throws {
        receivedBytes += bytes.count
        guard receivedBytes <= limits.answerBytes else {
            throw Peer.server.violation("it has more than \(limits.answerBytes) bytes")
        }
        packets.append(bytes)
        while let packet = try packets.next() {
            try RemoteError.check(packet)
            guard !isEnded else { throw Peer.server.violation("bytes follow its end") }
            switch packet {
            case .data: try accept(packet.line ?? [])
            case .flush: isEnded = true
            case .delimiter, .responseEnd: throw Peer.server.violation("a mark stands where none may")
            }
        }
    }

    /// Ends the answer. Throws when it is not whole.
    package func finish() throws -> RefAdvertisement {
        try packets.finish()
        guard isEnded else { throw Peer.server.violation("it ends before its flush") }
        return RefAdvertisement(refs, unbornHead: unbornHead)
    }

    private mutating func accept(_ line: ByteSlice) throws {
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 16, omittingEmptySubsequences: false)
        guard fields.count >= 2 else { throw Self.unexpected(line) }
        let isUnborn = fields[0].isText("unborn")
        guard let id = isUnborn ? ObjectID.zero : ObjectID(hex: fields[0]) else { throw Self.unexpected(line) }
        // A name that is no text cannot be a ref of a capsule; it is passed over.
        guard fields[1].count <= limits.refNameBytes, let name = fields[1].plainText, !name.isEmpty else { return }
        var ref = AdvertisedRef(name: name, id: id)
        for attribute in fields.dropFirst(2) {
            if let target = attribute.removing(prefix: "symref-target:") {
                ref.symrefTarget = target.plainText
            } else if let hex = attribute.removing(prefix: "peeled:") {
                guard let peeled = ObjectID(hex: hex) else { throw Self.unexpected(line) }
                ref.peeled = peeled
            }
        }
        if isUnborn {
            if name == AdvertisedRef.head { unbornHead = ref.symrefTarget }
            return
        }
        guard refs.count < limits.advertisedRefs else {
            throw Peer.server.violation("it lists more than \(limits.advertisedRefs) refs")
        }
        refs.append(ref)
    }

    private static func unexpected(_ line: ByteSlice) -> AmxError {
        Peer.server.violation("'\(RemoteText.oneLine(RemoteText.clean(line.prefix(120))))' is not a ref")
    }
}
