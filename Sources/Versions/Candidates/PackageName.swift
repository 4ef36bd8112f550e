/// What the solver chooses one version of: a capsule's id, in a lane.
///
/// A workspace has one version of a capsule, in the lane with the empty name; the lane is part of the name so that several can stand
/// side by side where a lock file allows it.
package struct PackageName: Hashable, Sendable {
    /// The capsule's id.
    package let id: String
    /// Keeps several versions of one capsule apart; empty for the one that all else sees.
    package let lane: String

    /// Names a capsule.
    package init(_ id: String, lane: String = "") {
        self.id = id
        self.lane = lane
    }
}

extension PackageName {
    /// By the id alone where the lane is the one that nearly all have.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        if !lane.isEmpty { hasher.combine(lane) }
    }
}

extension PackageName: Comparable {
    package static func < (left: PackageName, right: PackageName) -> Bool {
        left.id == right.id ? left.lane < right.lane : left.id < right.id
    }
}

extension PackageName: CustomStringConvertible {
    package var description: String { lane.isEmpty ? id : "\(id) (\(lane))" }
}
