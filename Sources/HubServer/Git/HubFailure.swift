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
        return paths.contains { Self.names($0, text) }
    }

    /// Whether a text has a path, or one below it. As the end or the middle of another path, such as one of a capsule's, it
    /// is that one's.
    private static func names(_ path: String, _ text: String) -> Bool {
        let (path, bytes) = (Array(path.utf8), Array(text.utf8))
        guard bytes.count >= path.count else { return false }
        return (0...bytes.count - path.count).contains { start in
            let end = start + path.count
            return bytes[start..<end].elementsEqual(path) && (start == 0 || !isPartOfName(bytes[start - 1]))
                && (end == bytes.count || !isPartOfName(bytes[end]) || bytes[end] == UInt8(ascii: "/"))
        }
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "/"), 0x80...:
            true
        default: false
        }
    }
}
