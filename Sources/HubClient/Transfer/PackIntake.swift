import Objects

/// Receives one fetched or pushed pack into a repository's quarantine and reports how far it is.
struct PackIntake: ~Copyable {
    private let receiver: QuarantineReceiver
    private var start: [UInt8] = []
    private var bytes = 0

    /// Starts a quarantine, and removes those that killed processes have left behind.
    init(into repository: Repository, limits: Limits, keptIn kept: KeptPack? = nil) throws(AmxError) {
        try Quarantine.sweep("\(repository.path)/objects")
        receiver = try QuarantineReceiver(into: repository, limits: limits, keptIn: kept)
    }

    /// Takes what was kept of the pack in an earlier transfer.
    mutating func receive(_ kept: KeptPack, progress: (TransferProgress) -> Void) throws(AmxError) {
        progress(.resuming(bytes: kept.bytes))
        try kept.read { piece throws(AmxError) in
            try Interruption.check()
            try receive(piece, progress: { _ in })
        }
    }

    /// Takes the next bytes of the pack.
    mutating func receive(
        _ piece: UnsafeRawBufferPointer, progress: (TransferProgress) -> Void
    ) throws(AmxError) {
        try receiver.receive(piece)
        bytes += piece.count
        start.append(contentsOf: piece.prefix(12 - start.count))
        progress(.receiving(bytes: bytes, objects: declaredObjects))
    }

    /// Checks all objects, as they would be with references at `tips`.
    func finish(tips: [ObjectID], progress: (TransferProgress) -> Void) throws(AmxError) -> IncomingObjects {
        progress(.checking(objects: declaredObjects))
        let incoming = try receiver.finish()
        try incoming.check(tips: tips)
        return incoming
    }

    /// Makes the objects part of the repository, durably; without it, nothing of them stays.
    consuming func publish() throws(AmxError) {
        try receiver.publish()
    }

    /// How many objects the pack's header announces; 0 before it is there.
    private var declaredObjects: Int {
        start.count < 12 ? 0 : start[8..<12].reduce(0) { $0 << 8 | Int($1) }
    }
}
