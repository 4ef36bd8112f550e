import Objects

/// Parses a protocol v0 or v1 fetch request packet by packet.
///
/// A server without memory answers up to the first flush after the haves; like git's, it does not look at what follows.
struct WantParser: Sendable {
    private var state = State.start
    private var arguments: FetchRequest.Arguments
    private var capabilities = CapabilityList()
    private var end = FetchRequest.End.absent

    private enum State { case start, wants, haves, ended, nothing }

    init(features: UploadPackFeatures, limits: WireLimits) {
        arguments = FetchRequest.Arguments(features: features, limits: limits)
    }

    mutating func accept(_ packet: PacketLine) throws {
        switch (state, packet) {
        case (.start, .flush): state = .nothing
        case (.start, .data), (.wants, .data): try acceptWant(packet.line ?? [])
        case (.wants, .flush): state = .haves
        case (.haves, .data): try acceptHave(packet.line ?? [])
        case (.haves, .flush):
            state = .ended
            end = .flush
        case (.ended, _): break
        case (.nothing, _): throw Peer.client.violation("bytes follow its end")
        default: throw Peer.client.violation("a delimiter stands where none may")
        }
    }

    func finish() throws -> FetchRequest? {
        switch state {
        case .start, .nothing: return nil
        case .wants: throw Peer.client.violation("it ends before the flush behind its wants")
        case .haves where !arguments.haves.isEmpty:
            throw Peer.client.violation("it ends before the flush behind its haves")
        case .haves, .ended: break
        }
        guard !arguments.wants.isEmpty else { return nil }
        guard arguments.filter == .none || capabilities.contains("filter") else {
            throw Peer.client.violation("the capability 'filter' was not negotiated")
        }
        var request = FetchRequest(try dialect())
        try arguments.apply(to: &request, deepenRelative: capabilities.contains("deepen-relative"))
        request.end = end
        request.thinPack = capabilities.contains("thin-pack")
        request.ofsDelta = capabilities.contains("ofs-delta")
        request.noProgress = capabilities.contains("no-progress")
        request.includeTag = capabilities.contains("include-tag")
        request.capabilities = CapabilityList(
            capabilities.entries.filter { ["agent", "object-format", "session-id"].contains($0.name) })
        return request
    }

    private mutating func acceptWant(_ line: ByteSlice) throws {
        state = .wants
        if let want = line.removing(prefix: "want ") {
            if let (id, list) = want.splitAtBlank() {
                try append(CapabilityList(spaceSeparated: list))
                try arguments.want(id)
            } else {
                try arguments.want(want)
            }
        } else if try !arguments.accept(line) {
            throw FetchRequest.Arguments.invalid(line)
        }
    }

    private mutating func append(_ list: CapabilityList) throws {
        capabilities.append(contentsOf: list)
        guard capabilities.entries.count <= arguments.limits.options else {
            throw FetchRequest.Arguments.tooMany("capability", limit: arguments.limits.options)
        }
        try list.requireSHA1(from: .client)
    }

    private mutating func acceptHave(_ line: ByteSlice) throws {
        if let id = line.removing(prefix: "have ") {
            try arguments.have(id)
        } else if line.isText("done") {
            state = .ended
            end = .done
        } else {
            throw FetchRequest.Arguments.invalid(line)
        }
    }

    private func dialect() throws -> FetchRequest.Dialect {
        let framing: PackFraming =
            if capabilities.contains("side-band-64k") {
                .sideBand64k
            } else if capabilities.contains("side-band") {
                .sideBand
            } else {
                .raw
            }
        let acknowledging: FetchRequest.Acknowledging =
            if capabilities.contains("multi_ack_detailed") {
                .detailed
            } else if capabilities.contains("multi_ack") {
                .multiple
            } else {
                .first
            }
        return .v0(acknowledging, noDone: capabilities.contains("no-done"), framing)
    }
}
