package import Objects

/// What a server sends before the rest of a pack of which the client has the start.
///
/// It stands where a pack begins otherwise, and cannot be taken for one: `amx-resume <bytes>` and a newline.
/// Source: `docs/protocol.md`, "Going on with a pack".
package enum ResumeMarker {
    /// The name of the feature and of the argument.
    package static let name = "amx-resume"

    /// The marker's bytes.
    package static func bytes(after prefix: PackPrefix) -> [UInt8] { Array("\(name) \(prefix.bytes)\n".utf8) }
}

/// Tells a marker from a pack as the first bytes of the answer arrive.
struct ResumeMarkerReader {
    /// How an answer begins.
    enum Start {
        /// With a pack, of which these are the first bytes.
        case pack(ArraySlice<UInt8>)
        /// With the marker; these bytes of the pack follow the prefix.
        case rest(ArraySlice<UInt8>)
    }

    private let expected: [UInt8]
    private var seen: [UInt8] = []
    private static let signature = Array("PACK".utf8)

    init(_ prefix: PackPrefix) { expected = ResumeMarker.bytes(after: prefix) }

    /// Takes the next bytes; nil when more are needed. Throws for what is neither a pack nor the marker that was asked for.
    mutating func append(_ bytes: some Collection<UInt8>) throws -> Start? {
        seen.append(contentsOf: bytes)
        let count = min(seen.count, Self.signature.count)
        if seen[..<count].elementsEqual(Self.signature[..<count]) {
            return count == Self.signature.count ? .pack(seen[...]) : nil
        }
        guard expected.starts(with: seen.prefix(expected.count)) else {
            throw Peer.server.violation("it goes on at another place of the pack than it was asked to")
        }
        return seen.count >= expected.count ? .rest(seen[expected.count...]) : nil
    }
}
