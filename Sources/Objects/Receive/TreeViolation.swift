/// A rule that an entry of a received tree breaks, found while the pack still arrives.
///
/// The path of the entry is known only when the whole pack is there, so it is told by
/// ``IncomingObjects/check(tips:)``, not at once.
struct TreeViolation: Sendable {
    /// The tree that holds the entry.
    let tree: ObjectID
    /// The entry's name; nil when it can't be told.
    let name: [UInt8]?
    /// Why it is refused, by itself.
    let reason: String
    /// What to do about it.
    let hint: String?

    /// The error of an entry whose path is not known.
    var error: AmxError { PackRefusal.object(tree, .tree, reason, hint: hint) }
}
