/// The two services of git's smart HTTP, with the names that URLs and headers give them.
///
/// Source: gitprotocol-http(5).
package enum GitService: String, Sendable, CaseIterable {
    /// Serves clones and fetches.
    case uploadPack = "git-upload-pack"
    /// Takes pushes.
    case receivePack = "git-receive-pack"

    /// The media type of the answer to `GET info/refs?service=`.
    package var advertisementType: String { "application/x-\(rawValue)-advertisement" }
    /// The media type of a `POST`'s body.
    package var requestType: String { "application/x-\(rawValue)-request" }
    /// The media type of the answer to a `POST`.
    package var resultType: String { "application/x-\(rawValue)-result" }

    /// The packets that stand before a v0 or v1 advertisement over HTTP.
    var announcement: [UInt8] {
        var writer = PacketWriter()
        writer.line("# service=\(rawValue)")
        writer.flush()
        return writer.bytes
    }
}
