package import Objects

/// What a push brings to the other side, and how far it may go.
package struct PushOptions: Sendable {
    /// Which references are pushed.
    package enum Selection: Sendable {
        /// The current branch and the releases that its history has.
        case current
        /// Every branch and the releases that their histories have.
        case all
    }

    /// A promise about the other side's branch under which its history may be replaced.
    package struct Lease: Sendable, Hashable {
        /// What the other side's branch must be.
        package enum Expectation: Sendable, Hashable {
            /// Where it was last seen: `refs/remotes/<remote>/<branch>`.
            case tracked
            /// This commit; nil when it must not exist.
            case commit(ObjectID?)
        }

        /// The branch; nil for every one that is pushed.
        package let branch: String?
        /// What it must be there.
        package let expectation: Expectation

        /// Parses what stands behind `--force-with-lease=`: `*` (every branch), `BRANCH`, `BRANCH:COMMIT` or `BRANCH:`.
        package init(parsing text: String) throws(AmxError) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts.first ?? ""
            branch = name == "*" ? nil : name
            guard RefName(branch: name) != nil || text == "*" else {
                throw AmxError(.usage, "--force-with-lease=\(text) names no branch", hint: "write BRANCH:COMMIT")
            }
            guard parts.count == 2 else {
                expectation = .tracked
                return
            }
            guard !parts[1].isEmpty else {
                expectation = .commit(nil)
                return
            }
            guard let id = ObjectID(hex: parts[1]) else {
                throw AmxError(
                    .usage, "--force-with-lease=\(text): \(parts[1]) is not a commit's id",
                    hint: "give all of its \(ObjectID.hexCount) digits")
            }
            expectation = .commit(id)
        }
    }

    /// Which references are pushed; nothing but the deletions when there are any.
    package var selection = Selection.current
    /// The branches whose history may be replaced, and on what condition.
    package var leases: [Lease] = []
    /// Branches that are removed on the other side.
    package var deletions: [String] = []
    /// Whether it only says what would be done.
    package var isDryRun = false

    /// The current branch, forward only.
    package init() {}

    /// The lease for a branch: one that names it comes before one for all.
    func lease(for branch: String) -> Lease? {
        leases.first { $0.branch?.utf8.elementsEqual(branch.utf8) == true } ?? leases.first { $0.branch == nil }
    }
}
