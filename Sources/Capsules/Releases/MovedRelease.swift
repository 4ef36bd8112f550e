package import Objects
package import Versions

/// A release whose tag names another commit than it did before, which no release ever may.
package struct MovedRelease: Sendable, Hashable {
    package let id: CapsuleID
    package let version: SemanticVersion
    /// The commit that it was.
    package let known: ObjectID
    /// The commit that it is now; nil where the tag does not lead to one any more.
    package let found: ObjectID?

    /// Tells of a release that was known and is read again; nil unless it has moved.
    ///
    /// What was no annotated tag before was no release yet.
    init?(_ id: CapsuleID, known: Release, now release: Release) {
        guard known.tag != known.commit, !known.commit.isZero, known.commit != release.commit else { return nil }
        self.id = id
        version = known.version
        self.known = known.commit
        found = release.commit.isZero ? nil : release.commit
    }

    /// The error about this release and `others` of the same capsule that have moved as well; `.verification`.
    ///
    /// `table` is the file that remembers the commits.
    func error(others: Int, table: String) -> AmxError {
        let now = found.map { "names commit \($0.abbreviated) now" } ?? "leads to no commit now"
        let more = others > 0 ? " (and \(others) more of its releases have moved)" : ""
        return AmxError(
            .verification,
            "release v\(version.text) of \(id) was moved: it was commit \(known.abbreviated), and \(now)\(more)",
            hint:
                "a release never changes: ask who publishes it what has happened; to take what is there now, remove \(table)"
        )
    }
}
