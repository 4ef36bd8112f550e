/// Passes on what follows a prefix in a pack that is made again, once it has seen that the prefix is the same.
///
/// A value of one attempt: where the prefix differs, the pack is made once more and passed on as a whole.
package struct PackContinuation: ~Copyable {
    /// What became of the comparison.
    package enum State: Sendable, Hashable {
        /// More of the pack is needed.
        case comparing
        /// The start was the same; what follows is passed on.
        case same
        /// The start is another one.
        case different
    }

    /// How far it is.
    package private(set) var state = State.comparing
    private let prefix: PackPrefix
    private let hasher = SHA256Hasher()
    private var position = 0

    /// What ends the making of a pack whose start differs.
    package static let mismatch = AmxError(.conflict, "the pack is not the one that was begun")

    /// Starts with a prefix.
    package init(after prefix: PackPrefix) { self.prefix = prefix }

    /// Takes the next bytes of the pack; returns those that follow the prefix.
    ///
    /// Throws ``mismatch`` when the start is another one. `state` is `same` from the byte on at which the prefix ends.
    package mutating func take(_ bytes: UnsafeRawBufferPointer) throws(AmxError) -> UnsafeRawBufferPointer {
        guard state == .comparing else { return bytes }
        let known = min(bytes.count, prefix.bytes - position)
        hasher.update(UnsafeRawBufferPointer(rebasing: bytes[..<known]))
        position += known
        guard position == prefix.bytes else { return UnsafeRawBufferPointer(rebasing: bytes[known...]) }
        guard hasher.finish() == prefix.digest else {
            state = .different
            throw Self.mismatch
        }
        state = .same
        return UnsafeRawBufferPointer(rebasing: bytes[known...])
    }
}
