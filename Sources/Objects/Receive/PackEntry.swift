/// One entry of a pack, as its header and its first bytes describe it; what resolving finds out is filled in later.
struct PackEntry {
    /// How the entry holds its object.
    enum Form: UInt8 {
        /// The object itself.
        case whole
        /// A delta against an earlier entry of the same pack.
        case offsetDelta
        /// A delta against an object that is named by its id.
        case referenceDelta
    }

    /// Where the entry starts in the pack.
    var offset: UInt64
    /// The inflated bytes of the entry: the object, or the delta's instructions.
    var size: UInt32
    /// The object's size in bytes.
    var objectSize: UInt32
    /// The CRC-32 of the entry as it stands in the pack.
    var checksum: UInt32 = 0
    /// The base's place in the list of entries (`offsetDelta`) or its place in the list of base ids (`referenceDelta`).
    var base: UInt32 = 0
    /// The bytes before the compressed data.
    var headerLength: UInt8 = 0
    var form: Form
    /// The object's kind; nil for a delta that has not been resolved.
    var kind: ObjectKind?
    /// The deltas between the object and its whole form, as far as the pack's own offsets tell.
    var depth: UInt16 = 0
}
