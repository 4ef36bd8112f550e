package import Capsules
package import Objects

/// What committing several capsules, and the workspace with them, has made.
package struct WorkspaceCommitResult: Sendable {
    /// The capsules' commits.
    package let capsules: [CommitResult]
    /// The workspace's commit; nil when it was not asked for or nothing of it has changed.
    package let files: CommitResult?
    /// The capsules that a concluded merge of the workspace has brought elsewhere.
    package let moved: [MovedCapsule]
    /// The installed capsules that went with it, since the merged lock does not name them.
    package let departed: [CapsuleID]
    /// What deserves a look in the workspace's files.
    package let warnings: [ManifestDiagnostic]
}

extension Workspace {
    /// Commits capsules, and with `files` the workspace itself afterwards, with an `amx.lock` that names the new commits.
    ///
    /// All or none: everything is written and checked first, then a note, then the references move; what a killed process has left is
    /// brought to its end by the next command. `messages` are those that go before `message`, by the names of notes. The caller
    /// holds the lock.
    package func commit(
        _ capsules: [WorkspaceCapsule], files: WorkspaceFiles?, message: String, messages: [String: String] = [:],
        identity: Identity
    ) throws(AmxError) -> WorkspaceCommitResult {
        var prepared: [(copy: any WorkingCopy, commit: PreparedCommit)] = []
        var documents: [(name: String, bytes: [UInt8])] = []
        var moves = CapsuleMoves()
        var merge: MergeState?
        let result: WorkspaceCommitResult
        do throws(AmxError) {
            let made = outcomes(inGroup: capsules, running: identity.signer == nil ? 4 : 1) {
                capsule throws(AmxError) in
                try capsule.finishPending()
                return try capsule.prepareCommit(
                    of: capsule.content(), message: messages[capsule.noteName] ?? message, identity: identity)
            }
            for case (let capsule, .success(let commit?)?) in zip(capsules, made) { prepared.append((capsule, commit)) }
            for case .failure(let error)? in made { throw error }
            let results = prepared.map(\.commit.result)
            var warnings: [ManifestDiagnostic] = []
            var own: CommitResult?
            if let files {
                try files.finishPending()
                let state = try files.mergeState()
                if let state { try files.checkResolved(state, made: results) }
                let (old, previous, lock) = try renewal(results)
                let new = lock.encoded
                let before = try files.content()
                var content = try before.replacing(TreePath(WorkspaceLock.fileName), by: new)
                if let manifest = try renewedManifest(from: previous, to: lock) {
                    content = try content.replacing(TreePath(WorkspaceManifest.fileName), by: manifest)
                    documents.append((WorkspaceManifest.fileName, manifest))
                }
                warnings = try files.documents(content).warnings
                if var commit = try files.prepareCommit(
                    of: content, message: messages[files.noteName] ?? message, identity: identity, made: results)
                {
                    if let state {
                        let repository = try files.existingRepository()
                        moves = try files.moves(
                            of: files.capsuleMerge(of: state, made: results), from: state.ours, branch: state.branch,
                            in: repository)
                        merge = state
                        commit.from = try files.save(
                            before, after: state.ours, "Merging \(state.source)", in: repository)
                    }
                    prepared.append((files, commit))
                    own = commit.result
                }
                if old != new { documents.append((WorkspaceLock.fileName, new)) }
            }
            result = WorkspaceCommitResult(
                capsules: results, files: own, moved: moves.steps.map(\.moved),
                departed: moves.departures.map(\.entry.id), warnings: warnings)
        } catch {
            for item in prepared { item.copy.abandon(item.commit) }
            throw error
        }
        if let merge, let files, moves.isOperation {
            try conclude(merge, prepared, moves, of: files, by: EventActor(userID: identity.email))
        } else {
            try conclude(prepared, moves.steps, documents)
        }
        for item in prepared { try item.copy.removeConcludedMerge() }
        return result
    }

    /// The bytes of `amx.lock` as they are and as they should be; in a merge, as that is to leave it.
    package func renewedLock(_ commits: [CommitResult] = []) throws(AmxError) -> (old: [UInt8]?, new: [UInt8]) {
        let renewal = try renewal(commits)
        return (renewal.old, renewal.lock.encoded)
    }

    /// The same, and what the bytes say.
    func renewal(
        _ commits: [CommitResult] = []
    ) throws(AmxError) -> (old: [UInt8]?, previous: WorkspaceLock?, lock: WorkspaceLock) {
        let old = try FileContent.read(workspaceLockPath, limit: WorkspaceLock.byteLimit)
        let previous = try old.map { (bytes) throws(AmxError) in try WorkspaceLock.parse(bytes) }
        let files = try files()
        if let state = try files.mergeState() {
            return (old, previous, try files.capsuleMerge(of: state, made: commits).lock)
        }
        return (old, previous, try currentLock(commits, previous: previous))
    }

    /// `amx.json` as it has to be for a lock in the place of another one; nil where it is so.
    func renewedManifest(from old: WorkspaceLock?, to lock: WorkspaceLock) throws(AmxError) -> [UInt8]? {
        guard var manifest = try manifest() else { return nil }
        return try declare(lock, besides: [old], in: &manifest) ? manifest.encoded : nil
    }

    /// Says in `amx.json` of the capsules that a lock has at a branch, and none of the `known` ones does, that they are so: who changes one
    /// and commits it develops it, and what was pulled from a place that others work at is followed. False where all was said.
    ///
    /// What a known lock has at a branch nobody here has brought there: that it is meant has to be said by somebody.
    func declare(
        _ lock: WorkspaceLock, besides known: [WorkspaceLock?], in manifest: inout WorkspaceManifest
    ) throws(AmxError) -> Bool {
        let ids = lock.undeclared(by: manifest).filter { id in !known.contains { $0?[id]?.isAtBranch == true } }
        for id in ids {
            if try capsule(id).isOthers() { manifest.follow(id) } else { manifest.develop(id) }
        }
        return !ids.isEmpty
    }

    /// Concludes a merge of the workspace by which installed capsules move, as the one operation that a merge is which goes through at once.
    private func conclude(
        _ state: MergeState, _ prepared: [(copy: any WorkingCopy, commit: PreparedCommit)], _ moves: CapsuleMoves,
        of files: WorkspaceFiles, by actor: EventActor
    ) throws(AmxError) {
        let repository = try files.existingRepository()
        var moves = moves
        var own: Transition?
        for item in prepared {
            if let capsule = item.copy as? WorkspaceCapsule {
                moves.commits.append((capsule, item.commit))
            } else {
                own = item.commit.transition(of: files)
            }
        }
        guard let own else { return }
        try performOperation(
            moves, then: own, of: files, in: repository, as: .workspaceMerge, [state.source],
            before: Operation.Documents(at: state.ours, in: repository), by: actor)
    }

    /// Moves capsules, and the references of all commits, or none.
    private func conclude(
        _ prepared: [(copy: any WorkingCopy, commit: PreparedCommit)], _ steps: [CapsuleStep],
        _ documents: [(name: String, bytes: [UInt8])]
    ) throws(AmxError) {
        if prepared.count == 1, steps.isEmpty, documents.isEmpty, let only = prepared.first {
            return try only.copy.conclude(only.commit)
        }
        guard !prepared.isEmpty else {
            for document in documents { try replace(document.name, by: document.bytes) }
            return
        }
        var carried: [CarriedTransition] = []
        for step in steps { carried.append(try step.carried()) }
        let members = prepared.map { ($0.copy.noteName, $0.commit.transition(of: $0.copy)) }
        var outcomes: [Result<Void, AmxError>?] = []
        do throws(AmxError) {
            try note(TransitionGroup(steps.map(\.member) + members))
            for item in carried { try item.apply() }
            outcomes = self.outcomes(inGroup: prepared) { item throws(AmxError) in
                try item.copy.conclude(item.commit)
            }
            for case .failure(let error)? in outcomes { throw error }
            for document in documents { try replace(document.name, by: document.bytes) }
        } catch {
            // If that fails too, the note lets the next command bring the commits to their end.
            do throws(AmxError) {
                // One that failed may have moved all the same.
                for (item, outcome) in zip(prepared, outcomes) where outcome != nil {
                    try item.copy.retract(item.commit)
                }
                for item in carried.reversed() { try item.undo() }
                try removeGroupNote()
            } catch {}
            throw error
        }
        try removeGroupNote()
    }
}

extension WorkspaceCapsule {
    /// Whether a capsule that is here is packed, and at a commit that a remote has.
    fileprivate func isOthers() throws(AmxError) -> Bool {
        guard try form() == .packed, let repository = try repository() else { return false }
        let position = try position(in: repository)
        guard let base = position.base else { return false }
        let walk = CommitWalk(repository)
        for ref in position.snapshot.refs(withPrefix: "refs/remotes/") where try walk.isAncestor(base, of: ref.id) {
            return true
        }
        return false
    }
}
