import Objects

/// The acknowledgments of a v0 server within one request.
///
/// Source: gitprotocol-pack(5), "Packfile Negotiation", as git's `upload-pack` does it.
struct HaveNegotiation {
    private let acknowledging: FetchRequest.Acknowledging
    private var common: [ObjectID] = []
    private var known: Set<ObjectID> = []
    private var sawUnknown = false
    private var saidReady = false
    /// What `isReady` said, and of how many common commits.
    private var readiness: (count: Int, value: Bool) = (0, false)

    init(acknowledging: FetchRequest.Acknowledging) { self.acknowledging = acknowledging }

    mutating func accept(
        _ have: ObjectID, isCommon: Bool, isReady: ([ObjectID]) throws -> Bool, writer: inout PacketWriter
    ) rethrows {
        guard isCommon else {
            sawUnknown = true
            guard acknowledging != .first, try ready(isReady) else { return }
            // Acknowledging what the server does not have makes the client stop walking that line of history.
            if acknowledging == .detailed { saidReady = true }
            writer.line("ACK \(have.hex) \(acknowledging == .detailed ? "ready" : "continue")")
            return
        }
        let isFirst = common.isEmpty
        if known.insert(have).inserted { common.append(have) }
        switch acknowledging {
        case .detailed: writer.line("ACK \(have.hex) common")
        case .multiple: writer.line("ACK \(have.hex) continue")
        case .first: if isFirst { writer.line("ACK \(have.hex)") }
        }
    }

    /// Ends a list of haves by a flush; true when the pack follows at once.
    mutating func flush(
        noDone: Bool, isReady: ([ObjectID]) throws -> Bool, writer: inout PacketWriter
    ) rethrows -> Bool {
        if acknowledging == .detailed, let last = common.last, !sawUnknown, try ready(isReady) {
            saidReady = true
            writer.line("ACK \(last.hex) ready")
        }
        if common.isEmpty || acknowledging != .first { writer.line("NAK") }
        guard noDone, saidReady, let last = common.last else { return false }
        writer.line("ACK \(last.hex)")
        return true
    }

    /// Ends a list of haves by `done`; the pack always follows.
    func done(writer: inout PacketWriter) -> Bool {
        if let last = common.last {
            if acknowledging != .first { writer.line("ACK \(last.hex)") }
        } else {
            writer.line("NAK")
        }
        return true
    }

    private mutating func ready(_ isReady: ([ObjectID]) throws -> Bool) rethrows -> Bool {
        guard !readiness.value, readiness.count != common.count else { return readiness.value }
        readiness = (common.count, try isReady(common))
        return readiness.value
    }
}
