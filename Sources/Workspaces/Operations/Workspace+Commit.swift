package import Capsules
package import Objects

/// What committing several capsules, and the workspace with them, has made.
package struct WorkspaceCommitResult: Sendable {
    /// The capsules' commits.
    package let capsules: [CommitResult]
    /// The workspace's commit; nil when it was not asked for or nothing of it has changed.
    package let files: CommitResult?
    /// What deserves a look in the workspace's files.
    package let warnings: [ManifestDiagnostic]
}

extension Workspace {
    /// Commits capsules, and with `files` the workspace itself afterwards, with an `amx.lock` that names the new commits.
    ///
    /// All or none: everything is written and checked first, then a note, then the references move; what a killed process has left is
    /// brought to its end by the next command. The caller holds the lock.
    package func commit(
        _ capsules: [WorkspaceCapsule], files: WorkspaceFiles?, message: String, identity: Identity
    ) throws(AmxError) -> WorkspaceCommitResult {
        var prepared: [(copy: any WorkingCopy, commit: PreparedCommit)] = []
        for capsule in capsules {
            try capsule.finishPending()
            let commit = try capsule.prepareCommit(of: capsule.content(), message: message, identity: identity)
            if let commit { prepared.append((capsule, commit)) }
        }
        let results = prepared.map(\.commit.result)
        var warnings: [ManifestDiagnostic] = []
        var lock: (old: [UInt8]?, new: [UInt8])?
        var own: CommitResult?
        if let files {
            try files.finishPending()
            let (old, new) = try renewedLock(results)
            let content = try files.content().replacing(TreePath(WorkspaceLock.fileName), by: new)
            warnings = try files.documents(content).warnings
            if let commit = try files.prepareCommit(of: content, message: message, identity: identity) {
                prepared.append((files, commit))
                own = commit.result
            }
            if old != new { lock = (old, new) }
        }
        try conclude(prepared, lock: lock)
        for capsule in capsules { try capsule.removeConcludedMerge() }
        return WorkspaceCommitResult(capsules: results, files: own, warnings: warnings)
    }

    /// The bytes of `amx.lock` as they are and as they should be.
    package func renewedLock(_ commits: [CommitResult] = []) throws(AmxError) -> (old: [UInt8]?, new: [UInt8]) {
        let old = try FileContent.read(workspaceLockPath, limit: WorkspaceLock.byteLimit)
        var previous: WorkspaceLock?
        if let old { previous = try WorkspaceLock.parse(old) }
        return (old, try currentLock(commits, previous: previous).encoded)
    }

    /// Moves the references of all commits, or of none.
    private func conclude(
        _ prepared: [(copy: any WorkingCopy, commit: PreparedCommit)], lock: (old: [UInt8]?, new: [UInt8])?
    ) throws(AmxError) {
        if prepared.count == 1, lock == nil, let only = prepared.first { return try only.copy.conclude(only.commit) }
        guard !prepared.isEmpty else {
            if let lock { try replace(WorkspaceLock.fileName, by: lock.new) }
            return
        }
        try note(TransitionGroup(prepared.map { ($0.copy.noteName, $0.commit.transition(of: $0.copy)) }))
        var concluded = 0
        do throws(AmxError) {
            for item in prepared {
                try item.copy.conclude(item.commit)
                concluded += 1
            }
            if let lock { try replace(WorkspaceLock.fileName, by: lock.new) }
        } catch {
            // If that fails too, the note lets the next command bring the commits to their end.
            do throws(AmxError) {
                for item in prepared.prefix(concluded).reversed() { try item.copy.retract(item.commit) }
                try removeGroupNote()
            } catch {}
            throw error
        }
        try removeGroupNote()
    }
}
