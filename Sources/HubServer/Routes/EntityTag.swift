import Objects

/// A strong entity tag: the SHA-256 of the bytes of an answer.
///
/// Source: RFC 9110, sections 8.8.3 and 13.1.2.
struct EntityTag: Hashable, Sendable {
    /// The tag as it stands in `ETag`, with its quotes.
    let text: String

    /// The tag of an answer's bytes.
    init(of bytes: [UInt8]) { text = "\"\(SHA256Hasher.hash(of: bytes).hex)\"" }

    /// Whether an `If-None-Match` header names this tag, `W/` or not, or `*`.
    func matches(_ header: String?) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { part in
            let tag = part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            return tag == "*" || tag == text || (tag.hasPrefix("W/") && tag.dropFirst(2) == text)
        }
    }
}
