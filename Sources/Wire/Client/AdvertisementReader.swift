import Objects

/// Parses the answer to `GET info/refs` as it arrives, in any protocol version, with or without the lines of smart HTTP.
package struct AdvertisementReader: Sendable {
    private let service: GitService
    private let limits: WireLimits
    private var packets = PacketReader(from: .server)
    private var state = State.start
    private var receivedBytes = 0
    private var version = ProtocolVersion.v0
    private var capabilities = CapabilityList()
    private var refs: [AdvertisedRef] = []
    private var shallow: [ObjectID] = []

    private enum State { case start, announced, first, refs, capabilities, ended }

    /// Starts to read what a service advertises.
    package init(service: GitService, limits: WireLimits = .standard) {
        self.service = service
        self.limits = limits
    }

    /// Reads the next bytes. Throws at the first offence, and what the server says in an `ERR` packet.
    package mutating func append(_ bytes: some Collection<UInt8>) throws {
        receivedBytes += bytes.count
        guard receivedBytes <= limits.answerBytes else {
            throw Peer.server.violation("it has more than \(limits.answerBytes) bytes")
        }
        packets.append(bytes)
        while let packet = try packets.next() {
            try RemoteError.check(packet)
            try accept(packet)
        }
    }

    /// Ends the answer. Throws when it is not whole, and for a repository whose object ids are not SHA-1.
    package func finish() throws -> ServerAdvertisement {
        try packets.finish()
        guard state == .ended else { throw Peer.server.violation("it ends before its flush") }
        return ServerAdvertisement(
            version: version, capabilities: capabilities, refs: RefAdvertisement(refs.map(withSymref)),
            shallow: shallow)
    }

    private mutating func accept(_ packet: PacketLine) throws {
        switch (state, packet) {
        case (.start, .data), (.first, .data): try acceptFirst(packet.line ?? [])
        case (.announced, .flush): state = .first
        case (.refs, .data): try acceptRef(packet.line ?? [])
        case (.capabilities, .data):
            guard capabilities.entries.count < limits.options else { throw Self.unexpected(packet.line ?? []) }
            capabilities.append(line: packet.line ?? [])
        case (.capabilities, .flush):
            state = .ended
            try capabilities.requireSHA1(from: .server)
        case (.first, .flush), (.start, .flush), (.refs, .flush): state = .ended
        case (.ended, _): throw Peer.server.violation("bytes follow its end")
        default: throw Peer.server.violation("a mark stands where none may")
        }
    }

    private mutating func acceptFirst(_ line: ByteSlice) throws {
        if state == .start, let name = line.removing(prefix: "# service=") {
            guard name.isText(service.rawValue) else { throw Self.unexpected(line) }
            state = .announced
        } else if line.isText("version 2") {
            version = .v2
            state = .capabilities
        } else if line.isText("version 1"), version == .v0 {
            version = .v1
            state = .first
        } else {
            // The capabilities come first: they say whether the ids before them can be read at all.
            state = .refs
            guard let end = line.firstIndex(of: 0) else {
                try acceptRef(line)
                return
            }
            capabilities = CapabilityList(spaceSeparated: line[end...].dropFirst())
            try capabilities.requireSHA1(from: .server)
            try acceptRef(line[..<end])
        }
    }

    private mutating func acceptRef(_ line: ByteSlice) throws {
        if let hex = line.removing(prefix: "shallow ") {
            guard let id = ObjectID(hex: hex), shallow.count < limits.shallows else { throw Self.unexpected(line) }
            shallow.append(id)
            return
        }
        guard let (hex, name) = line.splitAtBlank(), let id = ObjectID(hex: hex) else { throw Self.unexpected(line) }
        if name.isText(RefListing.emptyName) || name.isText(".have") { return }
        // A name that is no text cannot be a ref of a capsule; it is passed over, as is what it peels to.
        guard name.count <= limits.refNameBytes + RefListing.peeledSuffix.utf8.count, let text = name.plainText else {
            return
        }
        if text.hasSuffix(RefListing.peeledSuffix) {
            let tag = text.dropLast(RefListing.peeledSuffix.count)
            guard let last = refs.indices.last, refs[last].name.utf8.elementsEqual(tag.utf8) else { return }
            refs[last].peeled = id
            return
        }
        guard refs.count < limits.advertisedRefs else {
            throw Peer.server.violation("it lists more than \(limits.advertisedRefs) refs")
        }
        refs.append(AdvertisedRef(name: text, id: id))
    }

    private func withSymref(_ ref: AdvertisedRef) -> AdvertisedRef {
        guard ref.name == AdvertisedRef.head else { return ref }
        var ref = ref
        let prefix = "\(AdvertisedRef.head):"
        ref.symrefTarget = capabilities.values(of: "symref").first { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
        return ref
    }

    private static func unexpected(_ line: ByteSlice) -> AmxError {
        Peer.server.violation(
            "'\(RemoteText.oneLine(RemoteText.clean(line.prefix(120))))' is not expected here",
            hint: "check that the URL names a git repository")
    }
}
