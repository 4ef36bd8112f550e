import Logging
import Objects

/// Keeps what goes wrong on the hub apart from what is wrong with a request.
///
/// A client is never told where the hub's data lie: an error that names a path of it is the hub's own failure, a full disk for
/// example. It is logged with the path, and the client is told that the hub failed, and the request's id to ask for.
struct HubFailure: Sendable {
    /// How the reason of such a failure starts in the report of a push; clients tell it by this (`docs/protocol.md`).
    static let mark = "internal error"

    private let dataPath: String

    init(_ directory: DataDirectory) { dataPath = directory.path }

    /// The error that a client may be told.
    func told(_ error: AmxError, _ logger: Logger) -> AmxError {
        guard isOwn(error) else { return error }
        let request = logger[metadataKey: "request_id"].map { " (request \($0))" } ?? ""
        if error.code == .conflict {
            logger.warning("repository is locked", metadata: ["reason": "\(error)"])
            return AmxError(
                .conflict, "the repository is busy: another process changes its refs\(request)",
                hint: "push again in a moment")
        }
        var metadata: Logger.Metadata = ["reason": "\(error)"]
        if let cause = error.cause { metadata["cause"] = "\(cause)" }
        logger.error("the hub failed", metadata: metadata)
        return AmxError(
            .network, "\(Self.mark): the hub failed, nothing was changed\(request)",
            hint: "push again later, or give the request's id to whoever runs the hub")
    }

    private func isOwn(_ error: AmxError) -> Bool { error.description.contains(dataPath) }
}
