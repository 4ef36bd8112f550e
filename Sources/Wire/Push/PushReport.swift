package import Objects

/// What became of a push: what a server encodes and a client reads back.
///
/// Source: gitprotocol-pack(5), "Report Status".
package struct PushReport: Sendable, Hashable {
    /// The form of a report.
    package enum Version: Sendable, Hashable {
        /// `report-status`.
        case v1
        /// `report-status-v2`, which also tells where an update differs from what was asked.
        case v2
    }

    /// What became of one ref.
    package enum Outcome: Sendable, Hashable {
        /// Updated.
        case ok
        /// Left as it was, and why.
        case rejected(String)
    }

    /// What was really updated, where a server did something else than it was asked.
    package struct Rewrite: Sendable, Hashable {
        /// The ref's name.
        package var name: String?
        /// What was there.
        package var old: ObjectID?
        /// What is there now.
        package var new: ObjectID?
        /// Whether history was replaced.
        package var forced = false

        /// Makes an empty rewrite.
        package init(name: String? = nil, old: ObjectID? = nil, new: ObjectID? = nil, forced: Bool = false) {
            self.name = name
            self.old = old
            self.new = new
            self.forced = forced
        }
    }

    /// The result of one command.
    package struct RefResult: Sendable, Hashable {
        /// The ref's name as the command had it.
        package var name: String
        /// Whether it was updated.
        package var outcome: Outcome
        /// What was done instead, if so. Only `report-status-v2` carries it.
        package var rewrite: Rewrite?

        /// Makes a result.
        package init(_ name: String, _ outcome: Outcome, rewrite: Rewrite? = nil) {
            self.name = name
            self.outcome = outcome
            self.rewrite = rewrite
        }
    }

    /// Why the pack was refused; nil when it was taken.
    package var unpackFailure: String?
    /// One result for each command, in their order.
    package var results: [RefResult]

    /// Makes a report.
    package init(unpackFailure: String? = nil, results: [RefResult]) {
        self.unpackFailure = unpackFailure
        self.results = results
    }

    /// The report of a push whose pack was refused: no ref is updated.
    package static func refused(_ request: PushRequest, because error: AmxError) -> PushReport {
        PushReport(
            unpackFailure: RemoteText.oneLine(error.description),
            results: request.commands.map { RefResult($0.name, .rejected("unpacker error")) })
    }

    /// The body of the answer to a request, in the form that it chose; also right when it wants no report.
    package func answer(to request: PushRequest) -> [UInt8] {
        guard let version = request.reporting else { return request.framing.end }
        return request.framing.frame(encoded(version)) + request.framing.end
    }

    private func encoded(_ version: Version) -> [UInt8] {
        var writer = PacketWriter()
        writer.line("unpack \(unpackFailure.map { Self.reason($0) } ?? "ok")")
        for result in results {
            switch result.outcome {
            case .rejected(let reason): writer.line("ng \(result.name) \(Self.reason(reason))")
            case .ok:
                writer.line("ok \(result.name)")
                guard version == .v2, let rewrite = result.rewrite else { continue }
                if let name = rewrite.name { writer.line("option refname \(name)") }
                if let old = rewrite.old { writer.line("option old-oid \(old.hex)") }
                if let new = rewrite.new { writer.line("option new-oid \(new.hex)") }
                if rewrite.forced { writer.line("option forced-update") }
            }
        }
        writer.flush()
        return writer.bytes
    }

    /// A reason stands on the rest of a line, is never empty and never `ok`.
    private static func reason(_ text: String) -> String {
        let line = String(RemoteText.oneLine(text).prefix(4_096))
        return line.isEmpty || line == "ok" ? "failed" : line
    }
}
