import Glibc
import Logging
import Objects

/// Keeps what goes wrong on the hub apart from what is wrong with a request.
///
/// A client is never told where the hub's data lie: an error that names a path of it is the hub's own failure, a full disk for
/// example. It is logged with the path, and the client is told that the hub failed, and the request's id to ask for.
struct HubFailure: Sendable {
    /// How the reason of such a failure starts in the report of a push; clients tell it by this (`docs/protocol.md`).
    static let mark = "internal error"

    /// What was under way.
    enum Work: Sendable {
        case push
        /// A fetch, or another request that changes nothing.
        case reading
    }

    /// Where the data lie, also as the system names it behind symbolic links.
    private let paths: Set<String>

    init(_ directory: DataDirectory) {
        var paths: Set = [directory.path]
        for path in [directory.path, directory.storePath] {
            guard let resolved = realpath(path, nil) else { continue }
            paths.insert(String(cString: resolved))
            free(resolved)
        }
        self.paths = paths
    }

    /// The error that a client may be told; one that is the hub's own is logged.
    func told(_ error: AmxError, _ logger: Logger, for work: Work) -> AmxError {
        guard isOwn(error) else { return error }
        let request = logger[metadataKey: "request_id"].map { " (request \($0))" } ?? ""
        if error.code == .conflict {
            logger.warning("repository is locked", metadata: ["reason": "\(error)"])
            return AmxError(
                .conflict, "the repository is busy: another process changes its refs\(request)",
                hint: "\(work == .push ? "push" : "try") again in a moment")
        }
        var metadata: Logger.Metadata = ["reason": "\(error)"]
        if let cause = error.cause { metadata["cause"] = "\(cause)" }
        logger.error("the hub failed", metadata: metadata)
        return AmxError(
            .network, "\(Self.mark): the hub failed\(work == .push ? ", nothing was changed" : "")\(request)",
            hint: "\(work == .push ? "push" : "try") again later, or give the request's id to whoever runs the hub")
    }

    /// Whether an error is the hub's own: it names a path of the data.
    func isOwn(_ error: AmxError) -> Bool {
        let text = error.description
        return paths.contains { text.contains($0) }
    }
}
