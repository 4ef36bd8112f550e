package import Objects

extension FetchRequest {
    /// Composes the answer up to the pack.
    ///
    /// - Parameters:
    ///   - common: those of `haves` that the repository has.
    ///   - shallow: how the client's boundary changes; only looked at when the request deepens, which needs it, or when
    ///     the client is shallow.
    ///   - isReady: whether, with these common commits (never none), nothing more need be said: each want has one of them
    ///     among its ancestors (git also counts their parents). It is asked only when the answer depends on it and something became common since.
    package func answer(
        common: Set<ObjectID>, shallow: ShallowUpdate = ShallowUpdate(), isReady: ([ObjectID]) throws -> Bool
    ) rethrows -> FetchAnswer {
        switch dialect {
        case .v2: try answerV2(common: common, shallow: shallow, isReady: isReady)
        case .v0(let acknowledging, let noDone, _):
            try answerV0(common: common, shallow: shallow, acknowledging, noDone: noDone, isReady: isReady)
        }
    }

    private func answerV2(
        common: Set<ObjectID>, shallow update: ShallowUpdate, isReady: ([ObjectID]) throws -> Bool
    ) rethrows -> FetchAnswer {
        guard !wants.isEmpty || waitForDone else { return FetchAnswer(head: [], pack: nil) }
        var writer = PacketWriter()
        if !haves.isEmpty, end != .done {
            var seen: Set<ObjectID> = []
            let acknowledged = haves.filter { common.contains($0) && seen.insert($0).inserted }
            writer.line("acknowledgments")
            if acknowledged.isEmpty { writer.line("NAK") }
            for id in acknowledged { writer.line("ACK \(id.hex)") }
            guard !waitForDone, !acknowledged.isEmpty, try isReady(acknowledged) else {
                writer.flush()
                return FetchAnswer(head: writer.bytes, pack: nil)
            }
            writer.line("ready")
            writer.delimiter()
        }
        if deepens || !shallow.isEmpty {
            writer.line("shallow-info")
            update.write(to: &writer)
            writer.delimiter()
        }
        writer.line("packfile")
        return FetchAnswer(head: writer.bytes, pack: framing)
    }

    private func answerV0(
        common: Set<ObjectID>, shallow update: ShallowUpdate, _ acknowledging: Acknowledging, noDone: Bool,
        isReady: ([ObjectID]) throws -> Bool
    ) rethrows -> FetchAnswer {
        var writer = PacketWriter()
        if deepens {
            update.write(to: &writer)
            writer.flush()
        }
        guard end != .absent else { return FetchAnswer(head: writer.bytes, pack: nil) }
        var negotiation = HaveNegotiation(acknowledging: acknowledging)
        for have in haves {
            try negotiation.accept(have, isCommon: common.contains(have), isReady: isReady, writer: &writer)
        }
        let sendsPack =
            end == .done
            ? negotiation.done(writer: &writer)
            : try negotiation.flush(noDone: noDone, isReady: isReady, writer: &writer)
        return FetchAnswer(head: writer.bytes, pack: sendsPack ? framing : nil)
    }
}
