/// What a capsule provides or requires for loading: a type and a dotted body, as in `topic:llm.stream.*` (seed 004).
///
/// The text is split once, at its first `:`; without one the type is empty and all of it is the body. Bytes are compared, never
/// characters.
package struct Capability: Hashable, Sendable {
    /// What comes before the first `:`.
    let type: [UInt8]
    /// The parts of the body between its dots; at least one, which may be empty.
    let segments: [[UInt8]]

    static let wildcard: [UInt8] = [UInt8(ascii: "*")]

    /// Reads a text; every text is a capability.
    package init(_ text: String) {
        let bytes = Array(text.utf8)
        let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        type = colon.map { Array(bytes[..<$0]) } ?? []
        segments = bytes[(colon.map { $0 + 1 } ?? 0)...]
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Whether the requirement is met by what `provided` says.
    ///
    /// The types must be equal, `*` included; so must the numbers of segments. A segment that is exactly `*`, on either side, stands
    /// for any one segment.
    package func isMet(by provided: Capability) -> Bool {
        type == provided.type && segments.count == provided.segments.count
            && zip(segments, provided.segments).allSatisfy { required, offered in
                required == offered || required == Self.wildcard || offered == Self.wildcard
            }
    }
}
