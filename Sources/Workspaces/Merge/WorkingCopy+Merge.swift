import Capsules
package import Objects

extension WorkingCopy {
    /// What `amx merge` is asked for: a branch, a remote branch, a release or a commit.
    package func mergeRequest(
        _ revision: String, message: String?, identity: Identity, commits: Bool, isFastForwardOnly: Bool
    ) throws(AmxError) -> MergeRequest {
        let repository = try existingRepository()
        let found = try Revision(revision, in: repository, snapshot: position(in: repository).snapshot)
        let kind =
            switch found.ref {
            case .some(let ref) where ref.branch != nil: "branch"
            case .some(let ref) where ref.tag != nil: "release"
            case .some: "remote branch"
            case nil: "commit"
            }
        return MergeRequest(
            target: found.commit, source: revision, message: message ?? "Merge \(kind) '\(revision)'",
            identity: identity, commits: commits, isFastForwardOnly: isFastForwardOnly)
    }

    /// Merges a commit into the current branch. The caller holds the lock.
    ///
    /// `.conflict` when uncommitted changes or ignored files would be lost, or no merge is possible; nothing has changed then. A merge
    /// that stops with conflicts is no error here.
    package func merge(_ request: MergeRequest) throws(AmxError) -> MergeOutcome {
        try finishPending()
        let repository = try existingRepository()
        let position = try position(in: repository)
        try checkNoMerge("merge", in: position)
        guard let head = position.head else {
            throw AmxError(
                .failure, "\(id) has no commit on \(position.branchName) to merge into",
                hint: "make one with `\(command("commit", "-m \"...\""))`")
        }
        let form = try existingForm()
        guard position.base == head else { throw moved(position) }
        let walk = CommitWalk(repository)
        if try walk.isAncestor(request.target, of: head) { return .upToDate(head) }
        try checkContent(of: request.target, in: repository)
        if try walk.isAncestor(head, of: request.target) {
            try checkNothingIsLost(changingTo: request.target, in: repository, base: head)
            let forward = Transition(from: head, to: request.target, branch: position.branch, advances: .id(head))
            if let files = self as? WorkspaceFiles {
                try files.goForward(forward, from: head, in: repository, by: request)
            } else {
                try perform(forward, in: repository)
            }
            return .fastForward(from: head, to: request.target)
        }
        guard !request.isFastForwardOnly else {
            throw AmxError(
                .conflict,
                "cannot fast-forward \(id): \(position.branchName) has commits that \(request.source) lacks",
                hint: "merge without --ff-only")
        }
        try checkNothingIsLost(changingTo: head, in: repository, base: head)
        var plan = try mergePlan(
            head, request.target, source: request.source, branch: position.branch, in: repository)
        if let files = self as? WorkspaceFiles { try files.placeCapsules(in: &plan, head, request.target, repository) }
        try checkSize(of: plan, in: repository)
        try checkIgnored(content(), changingTo: plan.files, of: request.source)
        return try carryOut(
            plan, request, head: head, branch: position.branch, form: form, in: repository)
    }

    /// Merges the files of two commits.
    func mergePlan(
        _ ours: ObjectID, _ theirs: ObjectID, source: String, branch: RefName,
        in repository: Repository,
        favor: (TreePath) -> MergeSide? = { _ in nil }
    ) throws(AmxError) -> MergedTree {
        let left = try repository.files(ofTree: repository.commit(ours).tree)
        let right = try repository.files(ofTree: repository.commit(theirs).tree)
        // What a file is, the merged manifest says, or as much of it as can be read.
        let kinds =
            kind == .capsule
            ? FileKinds(capsule: try mergedManifest(left, right, in: repository)) : .workspace
        guard let base = try MergeBase.find(ours, theirs, in: repository, kinds: kinds) else {
            throw AmxError(
                .conflict, "cannot merge \(source) into \(id): the two have no commit in common",
                hint: "take what you need from it by hand, and commit that")
        }
        return try TreeMerge.merge(
            base: base.files, ours: left, theirs: right, in: repository, kinds: kinds,
            labels: MergeState.labels(branch: branch, source: source), contents: base.contents,
            favor: favor)
    }

    private func mergedManifest(
        _ ours: [FileEntry], _ theirs: [FileEntry], in repository: Repository
    ) throws(AmxError) -> Manifest? {
        var values: [JSONValue] = []
        for files in [ours, theirs] {
            guard let entry = files.first(where: { $0.path.bytes.elementsEqual(Manifest.fileName.utf8) }),
                let value = try? JSONParser.parse(repository.read(entry.id, as: .blob))
            else { continue }
            values.append(value)
        }
        let merged = JSONMerge(base: nil, ours: values.first, theirs: values.last, policy: .manifest)
            .value
        for value in [merged].compactMap({ $0 }) + values {
            if let manifest = try? Manifest.parse(JSONWriter.bytes(value)) { return manifest }
        }
        return nil
    }

    /// Commits a merge without conflicts, or leaves it in the working form.
    private func carryOut(
        _ plan: MergedTree, _ request: MergeRequest, head: ObjectID, branch: RefName, form: Form,
        in repository: Repository
    ) throws(AmxError) -> MergeOutcome {
        var conflicts = plan.conflicts
        if conflicts.isEmpty, let problem = try problem(of: plan, in: repository) { conflicts.append(problem) }
        // Found out before anything is written: a capsule in the way stops the merge.
        var moves = CapsuleMoves()
        if let files = self as? WorkspaceFiles, let merge = plan.capsules {
            moves = try files.moves(of: merge, from: head, branch: branch, in: repository)
        }
        let staging = try ObjectStaging(for: repository.path)
        for file in plan.files {
            guard let content = plan.contents[file.id] else { continue }
            try staging.add(content, kind: .blob)
        }
        let tree = try staging.addTree(of: plan.files)
        let before = try repository.commit(head).tree
        guard conflicts.isEmpty, request.commits else {
            try staging.publish()
            try repository.refresh()
            try becomeDirectory()
            let state = MergeState(
                branch: branch, ours: head, theirs: request.target, source: request.source,
                message: request.message,
                form: form, from: before, tree: tree,
                entries: conflicts.map { MergeState.Entry(conflict: $0, isResolved: false) })
            try apply(state, replacing: nil, in: repository)
            return .stopped(state)
        }
        let digest = try digest(of: plan, in: repository)
        let signature = request.identity.signature()
        let commit = Commit(
            tree: tree, parents: [head, request.target], author: signature, committer: signature,
            message: Trailers.append(ContentDigest.trailer, digest.text, to: request.message))
        let made = try staging.add(request.identity.sealed(commit: commit.encoded), kind: .commit)
        try staging.publish()
        try repository.refresh()
        try becomeDirectory()
        let transition = Transition(from: head, to: made, branch: branch, advances: .id(head))
        if let files = self as? WorkspaceFiles {
            try workspace.perform(
                moves, then: transition, of: files, in: repository, as: .workspaceMerge, [request.source],
                by: EventActor(userID: request.identity.email))
        } else {
            try perform(transition, in: repository)
        }
        return .merged(
            CommitResult(
                id: id, branch: branch.branch ?? branch.string, commit: made, tree: tree, digest: digest,
                changes: Change.between(try repository.files(ofTree: before), plan.files)))
    }

    private func becomeDirectory() throws(AmxError) {
        if try form() == .packed, let capsule = self as? WorkspaceCapsule { _ = try capsule.edit() }
    }

    /// Refuses what could not be read as a working form afterwards.
    private func checkSize(of plan: MergedTree, in repository: Repository) throws(AmxError) {
        var total = 0
        for file in plan.files {
            var size = plan.contents[file.id]?.count
            if size == nil { size = try repository.header(file.id)?.size }
            let (sum, overflow) = total.addingReportingOverflow(size ?? 0)
            guard !overflow, sum <= Limits.standard.expandedBytes else {
                throw Limits.standard.passed(.expandedBytes, "merged, \(id) would hold more than a capsule may")
            }
            total = sum
        }
    }

    /// Why the merged files do not fit each other, as a conflict; nil when they do.
    private func problem(of plan: MergedTree, in repository: Repository) throws(AmxError) -> MergeConflict? {
        var path = try TreePath(kind == .capsule ? Manifest.fileName : WorkspaceManifest.fileName)
        let reason: String
        do throws(AmxError) {
            if kind == .capsule {
                guard let file = plan.files.first(where: { $0.path == path }) else {
                    throw AmxError(.failure, "there is no \(Manifest.fileName)")
                }
                _ = try Manifest.parse(plan.bytes(of: file, in: repository), of: id, with: plan.files.map(\.path))
            } else {
                let files = Dictionary(plan.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
                _ = try WorkspaceDocuments(of: plan.files.map(\.path), named: nil) { path throws(AmxError) in
                    guard let file = files[path] else { throw AmxError(.notFound, "there is no \(path.string)") }
                    return try plan.bytes(of: file, in: repository)
                }
            }
            return nil
        } catch {
            reason = error.message
            if let file = error.manifestDiagnostics.first?.file, let place = try? TreePath(file) { path = place }
        }
        var conflict = MergeConflict(path, .manifest)
        (conflict.reason, conflict.type) = (reason, .configuration)
        return conflict
    }

    private func digest(of plan: MergedTree, in repository: Repository) throws(AmxError)
        -> ContentDigest
    {
        let builder = ContentDigest.Builder()
        for file in plan.files {
            let (size, sum): (Int, SHA256Digest)
            if let content = plan.contents[file.id] {
                (size, sum) = (content.count, SHA256Hasher.hash(of: content))
            } else {
                (size, sum) = try repository.withObject(file.id) { _, bytes throws(AmxError) in
                    (bytes.count, SHA256Hasher.hash(of: bytes))
                }
            }
            try builder.add(mode: file.mode, path: file.path, length: UInt64(size), content: sum)
        }
        return builder.finish()
    }
}
