package import Objects

/// What a client wants of a fetch, whatever the server speaks.
package struct FetchGoal: Sendable, Hashable {
    /// The objects to get, at least one: ids that the server lists.
    package var wants: [ObjectID]
    /// Take deltas against objects that are here.
    package var thinPack = true
    /// Get the annotated tags of all commits that come.
    package var includeTag = false
    /// Get no progress messages.
    package var noProgress = false
    /// The commits that are this clone's shallow boundary.
    package var shallow: [ObjectID] = []
    /// How much history to get; nil for all.
    package var deepening: Deepening?
    /// What to leave out.
    package var filter = ObjectFilter.none

    /// Makes a goal: whole history, whole objects.
    package init(wants: [ObjectID]) { self.wants = wants }
}
