import Objects

/// Parses a server's answer to a push as it arrives.
package struct PushReportReader: Sendable {
    private let request: PushRequest
    private let limits: WireLimits
    private var outer = PacketReader(from: .server)
    private var inner = PacketReader(from: .server)
    private var receivedBytes = 0
    /// How many bytes have come that say anything: those of keep-alives do not.
    package private(set) var saidBytes = 0
    private var isEnded = false
    private var sawUnpack = false
    private var unpackFailure: String?
    private var results: [PushReport.RefResult] = []
    private var reportEnded = false

    /// Starts to read the answer to a request.
    package init(to request: PushRequest, limits: WireLimits = .standard) {
        self.request = request
        self.limits = limits
    }

    /// Reads the next bytes and returns text for the user, free of terminal escapes.
    ///
    /// Throws at the first offence, and what the server says about its failure.
    package mutating func append(_ bytes: some Collection<UInt8>) throws -> [String] {
        receivedBytes += bytes.count
        guard receivedBytes <= limits.answerBytes else {
            throw Peer.server.violation("it has more than \(limits.answerBytes) bytes")
        }
        guard request.framing != .raw else {
            saidBytes += bytes.count
            try appendReport(bytes)
            return []
        }
        var messages: [String] = []
        outer.append(bytes)
        while let packet = try outer.next() {
            guard !isEnded else { throw Peer.server.violation("bytes follow its end") }
            switch packet {
            case .flush: isEnded = true
            case .delimiter, .responseEnd: throw Peer.server.violation("a mark stands where none may")
            case .data(let payload):
                // A server that fails before it has read the capabilities knows of no side-band.
                try RemoteError.check(packet)
                let (channel, content) = try PackFraming.split(payload, from: .server)
                saidBytes += content.count
                switch channel {
                case .data: try appendReport(content)
                case .progress: messages.append(RemoteText.progress(content))
                case .fatal: throw RemoteError.error(content)
                }
            }
        }
        return messages
    }

    /// Ends the answer and returns one result for each command, in their order; nil when the server sends no reports.
    ///
    /// A command that the server says nothing about counts as rejected. Throws when the report is not whole.
    package func finish() throws -> PushReport? {
        try outer.finish()
        try inner.finish()
        guard request.reporting != nil else { return nil }
        guard sawUnpack, reportEnded else { throw Peer.server.violation("it ends before the report of the push does") }
        var byName: [[UInt8]: [PushReport.RefResult]] = [:]
        for result in results { byName[Array(result.name.utf8), default: []].append(result) }
        return PushReport(
            unpackFailure: unpackFailure,
            results: request.commands.flatMap { command in
                byName[Array(command.name.utf8)]
                    ?? [PushReport.RefResult(command.name, .rejected("the server did not report on it"))]
            })
    }

    private mutating func appendReport(_ bytes: some Collection<UInt8>) throws {
        inner.append(bytes)
        while let packet = try inner.next() {
            try RemoteError.check(packet)
            guard !reportEnded else { throw Peer.server.violation("bytes follow the report's end") }
            switch packet {
            case .flush: reportEnded = true
            case .data: try accept(packet.line ?? [])
            case .delimiter, .responseEnd: throw Peer.server.violation("a mark stands where none may")
            }
        }
    }

    private mutating func accept(_ line: ByteSlice) throws {
        if !sawUnpack {
            guard let status = line.removing(prefix: "unpack ") else { throw Self.unexpected(line) }
            sawUnpack = true
            unpackFailure = status.isText("ok") ? nil : RemoteText.oneLine(RemoteText.clean(status))
        } else if let name = line.removing(prefix: "ok ") {
            try append(name, .ok, line: line)
        } else if let failure = line.removing(prefix: "ng ") {
            let (name, reason) = failure.splitAtBlank() ?? (failure, [])
            try append(name, .rejected(RemoteText.oneLine(RemoteText.clean(reason))), line: line)
        } else if let option = line.removing(prefix: "option ") {
            acceptOption(option)
        } else {
            throw Self.unexpected(line)
        }
    }

    private mutating func append(_ name: ByteSlice, _ outcome: PushReport.Outcome, line: ByteSlice) throws {
        guard let text = name.plainText, results.count < limits.advertisedRefs else { throw Self.unexpected(line) }
        results.append(PushReport.RefResult(text, outcome))
    }

    /// Adds to the last result; an option that is unknown or malformed is passed over, as git does.
    private mutating func acceptOption(_ option: ByteSlice) {
        guard let last = results.indices.last else { return }
        var rewrite = results[last].rewrite ?? PushReport.Rewrite()
        if let name = option.removing(prefix: "refname ")?.plainText {
            rewrite.name = name
        } else if let id = option.removing(prefix: "old-oid ").flatMap({ ObjectID(hex: $0) }) {
            rewrite.old = id
        } else if let id = option.removing(prefix: "new-oid ").flatMap({ ObjectID(hex: $0) }) {
            rewrite.new = id
        } else if option.isText("forced-update") {
            rewrite.forced = true
        } else {
            return
        }
        results[last].rewrite = rewrite
    }

    private static func unexpected(_ line: ByteSlice) -> AmxError {
        Peer.server.violation("'\(RemoteText.oneLine(RemoteText.clean(line.prefix(120))))' is not part of a report")
    }
}
