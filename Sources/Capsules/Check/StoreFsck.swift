package import Objects

/// Checks one repository of a store: its objects and references, and where these are sound, what its history states.
package struct StoreFsck {
    /// Whose store it is.
    package enum Side: Sendable {
        /// A workspace's, where `HEAD` is the current branch.
        case workspace
        /// A hub's or a mirror's, where `HEAD` may name a branch that is still to come.
        case hub
    }

    private let path: String
    private let capsule: CapsuleID
    private let side: Side
    private let minimumAge: Int

    /// Prepares for the repository of a capsule, or of the workspace of that name; lock files and litter are told of after
    /// `minimumAge` seconds.
    package init(_ path: String, of capsule: CapsuleID, side: Side, minimumAge: Int) {
        self.path = path
        self.capsule = capsule
        self.side = side
        self.minimumAge = minimumAge
    }

    /// Checks everything and changes nothing; `progress` gets the number of objects read so far.
    ///
    /// While another process changes the repository, some of what is found may be gone the next time.
    package func run(_ progress: (Int) -> Void) -> RepositoryFsck.Report {
        var report = RepositoryFsck(path, minimumAge: minimumAge, takesUnbornHead: side == .hub).run(progress)
        // Statements about content that is damaged cannot be judged.
        guard !report.findings.contains(where: { $0.kind != .lock && $0.kind != .litter }) else { return report }
        do throws(AmxError) {
            let history = HistoryFsck(try Repository(opening: path), of: capsule)
            report.findings += try history.run(report.commits, report.refs)
            report.findings +=
                try side == .hub ? history.checkAllowed(report.refs) : history.checkContent(report.refs)
        } catch {
            report.findings.append(
                FsckFinding(.repository, ".", error.message, hint: error.hint ?? FsckFinding.replace))
        }
        return report
    }
}
