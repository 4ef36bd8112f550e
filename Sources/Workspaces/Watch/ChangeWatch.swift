package import Capsules
package import Objects

/// Tells which capsules have other content than before, once it has stayed the same for a while (row S-109).
///
/// A value without a clock: whoever has it says what there is at which moment.
package struct ChangeWatch: Sendable {
    /// A capsule whose content is another.
    package struct Change: Hashable, Sendable {
        package let id: CapsuleID
        /// Of what there is now; nil where there is nothing any more.
        package let digest: ContentDigest?
    }

    /// How long content stays the same before it is told, in nanoseconds.
    package static let calm: Int64 = 500_000_000

    private var told: [CapsuleID: ContentDigest]
    private var seen: [CapsuleID: (digest: ContentDigest?, since: Int64)] = [:]

    /// Begins with what there is.
    package init(_ present: [CapsuleID: ContentDigest]) { told = present }

    /// Takes what there is at a moment in nanoseconds; says what has changed and is calm, in the order of ids.
    package mutating func look(_ present: [CapsuleID: ContentDigest], at moment: Int64) -> [Change] {
        var changes: [Change] = []
        for id in Set(told.keys).union(present.keys).union(seen.keys).sorted() {
            guard present[id] != told[id] else {
                // It is as it was, whatever it was between.
                seen[id] = nil
                continue
            }
            guard let known = seen[id], known.digest == present[id] else {
                seen[id] = (present[id], moment)
                continue
            }
            guard moment - known.since >= Self.calm else { continue }
            seen[id] = nil
            told[id] = present[id]
            changes.append(Change(id: id, digest: present[id]))
        }
        return changes
    }
}
