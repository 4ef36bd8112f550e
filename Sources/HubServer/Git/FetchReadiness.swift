import Objects

/// Tells whether a client has named enough of what it has, asked again and again while its list is read.
///
/// However often it is asked, it looks at each object named and at each commit below the wants once. Used by one thread.
struct FetchReadiness {
    private let repository: Repository
    private let wants: [ObjectID]
    private var walk: ReachWalk?
    private var known = 0

    init(_ repository: Repository, wants: [ObjectID]) {
        self.repository = repository
        self.wants = wants
    }

    /// Whether each wanted commit has a common one among its ancestors, so that no more haves are needed.
    ///
    /// `common` begins with what it held the last time. History older than the oldest common commit is not looked at: clocks
    /// that ran backwards cost a round more.
    mutating func isReady(common: [ObjectID]) throws(AmxError) -> Bool {
        var walk: ReachWalk
        if let begun = self.walk { walk = begun } else { walk = try ReachWalk(repository, from: commits(wants)) }
        for goal in try commits(Array(common.dropFirst(known))) { try walk.add(goal: goal) }
        known = common.count
        let isComplete = try walk.isComplete()
        self.walk = walk
        return isComplete
    }

    /// The commits that ids name, directly or through tags.
    private func commits(_ ids: [ObjectID]) throws(AmxError) -> [ObjectID] {
        var commits: [ObjectID] = []
        for id in ids {
            let (target, kind) = try repository.peel(id)
            if kind == .commit { commits.append(target) }
        }
        return commits
    }
}
