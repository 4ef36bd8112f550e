import Objects

/// Parses a protocol v2 request packet by packet.
struct CommandParser: Sendable {
    private let limits: WireLimits
    private var state = State.start
    private var command: Command?
    private var capabilities = CapabilityList()
    private var listing = LsRefsRequest()
    private var fetch = FetchRequest(.v2)
    private var arguments: FetchRequest.Arguments
    private var deepenRelative = false

    private enum State { case start, capabilities, arguments, ended }

    private enum Command { case lsRefs, fetch }

    init(features: UploadPackFeatures, limits: WireLimits) {
        self.limits = limits
        arguments = FetchRequest.Arguments(features: features, limits: limits)
    }

    mutating func accept(_ packet: PacketLine) throws {
        switch (state, packet) {
        case (.ended, _): throw Peer.client.violation("bytes follow its end")
        case (.start, .flush): state = .ended
        case (.start, .data), (.capabilities, .data):
            state = .capabilities
            try acceptCapability(packet.line ?? [])
        case (.capabilities, .delimiter):
            try requireCommand()
            state = .arguments
        case (.capabilities, .flush):
            try requireCommand()
            state = .ended
        case (.arguments, .data): try acceptArgument(packet.line ?? [])
        case (.arguments, .flush): state = .ended
        default: throw Peer.client.violation("a delimiter stands where none may")
        }
    }

    func finish() throws -> ServerCommand? {
        guard state != .start else { return nil }
        guard state == .ended else { throw Peer.client.violation("it ends before its flush") }
        switch command {
        case nil: return nil
        case .lsRefs:
            var request = listing
            request.capabilities = capabilities
            request.finish(limits: limits)
            return .lsRefs(request)
        case .fetch:
            var request = fetch
            try arguments.apply(to: &request, deepenRelative: deepenRelative)
            request.capabilities = capabilities
            return .fetch(request)
        }
    }

    private func requireCommand() throws {
        guard command != nil else { throw Peer.client.violation("it names no command") }
        try capabilities.requireSHA1(from: .client)
    }

    private mutating func acceptCapability(_ line: ByteSlice) throws {
        if let name = line.removing(prefix: "command=") {
            guard command == nil else { throw Peer.client.violation("it names two commands") }
            if name.isText("ls-refs") {
                command = .lsRefs
            } else if name.isText("fetch") {
                command = .fetch
            } else {
                throw Peer.client.violation("the command '\(RemoteText.clean(name.prefix(80)))' is not supported")
            }
            return
        }
        guard capabilities.entries.count < limits.options else {
            throw FetchRequest.Arguments.tooMany("capability", limit: limits.options)
        }
        let capability = CapabilityList.Capability(line)
        guard ["agent", "object-format", "server-option", "session-id"].contains(capability.name) else {
            throw Peer.client.violation("the capability '\(RemoteText.clean(line.prefix(80)))' was not offered")
        }
        capabilities.append(capability.name, capability.value)
    }

    private mutating func acceptArgument(_ line: ByteSlice) throws {
        guard command == .fetch else {
            guard try listing.accept(line, limits: limits) else { throw FetchRequest.Arguments.invalid(line) }
            return
        }
        if let id = line.removing(prefix: "have ") {
            try arguments.have(id)
        } else if let id = line.removing(prefix: "want ") {
            try arguments.want(id)
        } else if arguments.features.resume, let text = line.removing(prefix: "\(ResumeMarker.name) ") {
            guard let prefix = text.plainText.flatMap({ PackPrefix($0) }), fetch.resume == nil else {
                throw FetchRequest.Arguments.invalid(line)
            }
            fetch.resume = prefix
        } else if try !arguments.accept(line) {
            try acceptFlag(line)
        }
    }

    private mutating func acceptFlag(_ line: ByteSlice) throws {
        switch String(decoding: line.prefix(200), as: UTF8.self) {
        case "done": fetch.end = .done
        case "thin-pack": fetch.thinPack = true
        case "ofs-delta": fetch.ofsDelta = true
        case "no-progress": fetch.noProgress = true
        case "include-tag": fetch.includeTag = true
        case "wait-for-done": fetch.waitForDone = true
        case "deepen-relative": deepenRelative = true
        default: throw FetchRequest.Arguments.invalid(line)
        }
    }
}
