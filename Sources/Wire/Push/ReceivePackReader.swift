package import Objects

/// Parses the body of a `POST git-receive-pack` as it arrives: commands and options, then the pack, which it hands on.
///
/// After an error it is of no further use but for `refusal`.
package struct ReceivePackReader: Sendable {
    /// What is asked for; nil until all of it but the pack was read, and when that is nothing.
    package private(set) var request: PushRequest?

    private var packets = PacketReader(from: .client)
    private var state = State.commands
    private var draft = PushRequest(commands: [])
    private var names: Set<[UInt8]> = []
    private var receivedBytes = 0
    private let limits: WireLimits

    private enum State { case commands, options, pack }

    /// Starts to read a body.
    package init(limits: WireLimits = .standard) { self.limits = limits }

    /// Reads the next bytes of the body, after any `Content-Encoding` was undone, and returns those that belong to the pack.
    ///
    /// Pack bytes come only once `request` is there. They end with the body, so bounding them is their consumer's. Throws
    /// at the first offence, bytes behind a request without pack included.
    package mutating func append(_ bytes: some Collection<UInt8>) throws -> ArraySlice<UInt8> {
        packets.append(bytes)
        while state != .pack {
            let before = packets.pendingBytes
            guard let packet = try packets.next() else { break }
            receivedBytes += before - packets.pendingBytes
            try accept(packet)
            guard receivedBytes <= limits.requestBytes else {
                throw Peer.client.violation("its commands have more than \(limits.requestBytes) bytes")
            }
        }
        guard state == .pack else { return [] }
        let pack = packets.takeRemainder()
        guard pack.isEmpty || request?.expectsPack == true else {
            throw Peer.client.violation("bytes follow commands that need no pack")
        }
        return pack
    }

    /// Ends the body and returns what it asks for; nil when it asks for nothing (the probe `0000` or an empty body), which
    /// is answered by an empty response. Throws when it ends within the commands.
    package func finish() throws -> PushRequest? {
        let isUntouched = draft.commands.isEmpty && draft.shallow.isEmpty && packets.pendingBytes == 0
        guard state == .pack || isUntouched else { throw Peer.client.violation("it ends before its flush") }
        return request
    }

    /// The body that tells the client of an error before or instead of a report, framed as it chose so far.
    package func refusal(_ error: AmxError) -> [UInt8] {
        let framing = draft.framing
        return framing == .raw ? PacketWriter.refusal(error) : framing.fatal(error) + framing.end
    }

    private mutating func accept(_ packet: PacketLine) throws {
        switch (state, packet) {
        case (.commands, .data(let payload)): try acceptCommand(payload)
        case (.commands, .flush):
            if !draft.commands.isEmpty, draft.capabilities.contains("push-options") {
                state = .options
            } else {
                endRequest()
            }
        case (.options, .data): try acceptOption(packet.line ?? [])
        case (.options, .flush): endRequest()
        default: throw Peer.client.violation("a delimiter stands where none may")
        }
    }

    private mutating func endRequest() {
        state = .pack
        request = draft.commands.isEmpty ? nil : draft
    }

    private mutating func acceptCommand(_ payload: ByteSlice) throws {
        var line = payload
        if let end = payload.firstIndex(of: 0) {
            line = payload[..<end]
            try acceptCapabilities(payload[end...].dropFirst())
        }
        if line.last == UInt8(ascii: "\n") { line = line.dropLast() }
        if line.isText("push-cert") {
            throw AmxError(
                .failure, "reading the push: signed pushes are not supported", hint: "push without --signed")
        }
        if let hex = line.removing(prefix: "shallow ") {
            guard let id = ObjectID(hex: hex) else { throw FetchRequest.Arguments.invalid(line) }
            guard draft.shallow.count < limits.shallows else {
                throw FetchRequest.Arguments.tooMany("shallow", limit: limits.shallows)
            }
            draft.shallow.append(id)
            return
        }
        guard let (oldHex, rest) = line.splitAtBlank(), let (newHex, name) = rest.splitAtBlank(),
            let old = ObjectID(hex: oldHex), let new = ObjectID(hex: newHex)
        else { throw FetchRequest.Arguments.invalid(line) }
        try append(name, old: old, new: new)
    }

    private mutating func append(_ name: ByteSlice, old: ObjectID, new: ObjectID) throws {
        guard name.count <= limits.refNameBytes, let text = name.plainText, !text.isEmpty else {
            throw Peer.client.violation("'\(RemoteText.clean(name.prefix(80)))' is not a ref's name")
        }
        guard draft.commands.count < limits.commands else {
            throw AmxError(
                .failure, "reading the push: it updates more than \(limits.commands) refs",
                hint: "push fewer refs at a time")
        }
        guard names.insert(Array(name)).inserted else {
            throw Peer.client.violation("the ref '\(text)' is updated twice")
        }
        draft.commands.append(PushCommand(name: text, old: old, new: new))
    }

    private mutating func acceptCapabilities(_ bytes: ByteSlice) throws {
        guard draft.commands.isEmpty, draft.capabilities.entries.isEmpty else {
            throw Peer.client.violation("capabilities stand behind a line that is not the first")
        }
        let trimmed = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes
        draft.capabilities = CapabilityList(spaceSeparated: trimmed)
        try draft.capabilities.requireSHA1(from: .client)
    }

    private mutating func acceptOption(_ line: ByteSlice) throws {
        guard draft.options.count < limits.options else {
            throw FetchRequest.Arguments.tooMany("push option", limit: limits.options)
        }
        guard let text = line.plainText else {
            throw Peer.client.violation("a push option is not text without control characters")
        }
        draft.options.append(text)
    }
}
