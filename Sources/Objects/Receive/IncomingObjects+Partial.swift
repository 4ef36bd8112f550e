import CGit2

extension IncomingObjects {
    /// Throws when a tree that came with the pack breaks a rule; for packs that lack what their objects name.
    ///
    /// The form of all objects has been checked when they were received. Not what ``check(tips:)`` asks: what comes like this is
    /// for reading only and must not be published.
    package func checkTrees() throws(AmxError) {
        if let violation { throw violation.error }
    }

    /// Looks for objects in the quarantine of another receiver too, which has finished and is kept as long.
    package func add(_ other: QuarantineReceiver) throws(AmxError) {
        try LibGit2.check(
            git_odb_add_disk_alternate(reader.database, other.path), "cannot read the pack in quarantine")
    }
}
