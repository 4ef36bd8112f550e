package import Objects

extension WorkingCopy {
    /// The capsule's stashes, the newest first.
    package func stashes() throws(AmxError) -> [Stash] {
        guard let repository = try repository() else { return [] }
        let snapshot = try repository.refs.snapshot()
        var stashes: [Stash] = []
        for number in Stash.numbers(in: snapshot) {
            stashes.append(try stash(number, in: repository, snapshot: snapshot))
        }
        return stashes
    }

    /// Puts the uncommitted changes aside and makes the working form the content of its commit again; nil when nothing is changed.
    ///
    /// Ignored files stay. The stash is durable before a file changes. The caller holds the workspace's lock. `.failure` before
    /// the first commit.
    ///
    /// A branch that is to be switched to afterwards must be there: `.notFound`.
    package func stash(message: String?, beforeSwitchingTo branch: String? = nil) throws(AmxError) -> Stash? {
        try finishPending()
        let repository = try existingRepository()
        let position = try position(in: repository)
        try checkNoMerge("stash", in: position)
        if let branch, try form() != nil { _ = try switchTarget(branch, in: position) }
        guard let base = position.base else { throw unborn(position) }
        let content = try content()
        let label =
            if let message { message } else { try "work after \(base.abbreviated) \(repository.commit(base).subject)" }
        let saved = try save(content, after: base, "On \(position.branchName): \(label)", in: repository)
        guard saved != base else { return nil }
        let (last, overflow) = (Stash.numbers(in: position.snapshot).first ?? 0).addingReportingOverflow(1)
        guard !overflow else { throw AmxError(.failure, "\(id): no number is left for a stash") }
        let before = try repository.files(ofTree: repository.commit(base).tree)
        try checkIgnored(content, changingTo: before, of: base.abbreviated)
        try perform(
            Transition(from: saved, to: base, branch: position.branch, advances: nil, keeps: Stash.ref(last)),
            in: repository, sparing: true)
        return try stash(last, in: repository, snapshot: repository.refs.snapshot())
    }

    /// Brings a stash's changes back into the working form and removes the stash; without a number, the newest one.
    ///
    /// All or nothing: `.conflict` when a file that the stash changed has other changes by now, or an ignored one is in the way.
    /// The caller holds the workspace's lock.
    package func popStash(_ number: Int?) throws(AmxError) -> Stash {
        try finishPending()
        let repository = try existingRepository()
        let position = try position(in: repository)
        try checkNoMerge("pop a stash of", in: position)
        guard let base = position.base else { throw unborn(position) }
        let stash = try existingStash(number, in: repository, snapshot: position.snapshot)
        let content = try content()
        let target = try Self.files(content.entries, with: stash.changes, of: "\(id): the stash \(stash.number)")
        try checkIgnored(content, changingTo: target, of: "the stash \(stash.number)")
        let from = try save(content, after: base, "Before stash \(stash.number)", in: repository)
        let to = try save(target, after: base, "After stash \(stash.number)", in: repository)
        try perform(
            Transition(
                from: from, to: to, branch: position.branch, advances: nil, base: base, drops: Stash.ref(stash.number)),
            in: repository, sparing: true)
        return stash
    }

    /// Removes a stash; without a number, the newest one. Its commit stays in the repository, without a name. The caller holds
    /// the workspace's lock.
    package func dropStash(_ number: Int?) throws(AmxError) -> Stash {
        try finishPending()
        let repository = try existingRepository()
        let stash = try existingStash(number, in: repository, snapshot: repository.refs.snapshot())
        try repository.refs.commit([RefUpdate(Stash.ref(stash.number), expected: .id(stash.id), new: nil)])
        return stash
    }

    /// Switches to a commit of a branch and takes uncommitted changes along.
    ///
    /// All or nothing: `.conflict` when a changed file is another one there, or an ignored one is in the way.
    func carryChanges(
        from base: ObjectID, to target: ObjectID, on branch: RefName, advances: RefUpdate.Expectation?,
        in repository: Repository
    ) throws(AmxError) {
        let content = try content()
        let changes = Change.between(try repository.files(ofTree: repository.commit(base).tree), content.entries)
        let there = try repository.files(ofTree: repository.commit(target).tree)
        let files = try Self.files(there, with: changes, of: "\(id): your change")
        try checkIgnored(content, changingTo: files, of: target.abbreviated)
        let from = try save(content, after: base, "Before the switch", in: repository)
        let to = try save(files, after: target, "After the switch", in: repository)
        try perform(
            Transition(from: from, to: to, branch: branch, advances: advances, base: target), in: repository,
            sparing: true)
    }

    // MARK: Contents as commits

    /// Stores a working form's content as a commit that no reference names; the base itself when nothing is changed.
    func save(
        _ content: WorkingContent, after base: ObjectID, _ message: String, in repository: Repository
    ) throws(AmxError) -> ObjectID {
        let staging = try ObjectStaging(for: repository.path)
        let files = try stage(content, into: staging).map(\.entry)
        return try save(files, after: base, message, in: repository, by: staging)
    }

    /// Stores files, whose contents are in the repository, as a commit that no reference names; the base itself when they are its.
    func save(
        _ files: [FileEntry], after base: ObjectID, _ message: String, in repository: Repository
    ) throws(AmxError) -> ObjectID {
        try save(files, after: base, message, in: repository, by: ObjectStaging(for: repository.path))
    }

    private func save(
        _ files: [FileEntry], after base: ObjectID, _ message: String, in repository: Repository,
        by staging: ObjectStaging
    ) throws(AmxError) -> ObjectID {
        let tree = try staging.addTree(of: files)
        guard try tree != repository.commit(base).tree else { return base }
        let identity = (try? workspace.identity()) ?? Identity(name: "amx", email: "amx@localhost")
        let signature = identity.signature()
        let commit = Commit(
            tree: tree, parents: [base], author: signature, committer: signature, message: "\(message)\n")
        let id = try staging.add(commit.encoded, kind: .commit)
        try staging.publish()
        try repository.refresh()
        return id
    }

    /// Files with changes made to them, in bytewise path order; they keep the tree rules.
    ///
    /// `.conflict` when a changed file is neither as it was before the change nor as it was afterwards.
    static func files(
        _ files: [FileEntry], with changes: [Change], of subject: String
    ) throws(AmxError) -> [FileEntry] {
        var byPath = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        var inTheWay: [String] = []
        for change in changes where byPath[change.path] != change.new {
            if byPath[change.path] == change.old {
                byPath[change.path] = change.new
            } else {
                inTheWay.append(change.path.string)
            }
        }
        guard inTheWay.isEmpty else {
            let names = inTheWay.prefix(3).joined(separator: ", ")
            throw AmxError(
                .conflict,
                "\(subject) does not fit: \(names)\(inTheWay.count > 3 ? " and \(inTheWay.count - 3) more" : "") "
                    + "\(inTheWay.count == 1 ? "has" : "have") other changes here",
                hint: "commit or discard those first")
        }
        let result = byPath.values.sorted { $0.path < $1.path }
        try TreeRules.check(sorted: result.map(\.path))
        return result
    }

    // MARK: Finding

    private func existingStash(
        _ number: Int?, in repository: Repository, snapshot: RefSnapshot
    ) throws(AmxError) -> Stash {
        let numbers = Stash.numbers(in: snapshot)
        guard let found = number ?? numbers.first, numbers.contains(found) else {
            throw AmxError(
                .notFound, number.map { "\(id) has no stash \($0)" } ?? "\(id) has no stash",
                hint: numbers.isEmpty
                    ? "`\(command("stash"))` makes one of what is not committed" : "`amx stash list \(id)` shows them")
        }
        return try stash(found, in: repository, snapshot: snapshot)
    }

    private func stash(_ number: Int, in repository: Repository, snapshot: RefSnapshot) throws(AmxError) -> Stash {
        guard let ref = try snapshot[Stash.ref(number)] else {
            throw AmxError(.notFound, "\(id) has no stash \(number)")
        }
        let commit = try repository.commit(ref.id)
        guard let parent = commit.parents.first else {
            throw AmxError(
                .failure, "\(id): the stash \(number) is none: its commit \(ref.id.abbreviated) has no parent")
        }
        let before = try repository.files(ofTree: repository.commit(parent).tree)
        let after = try repository.files(ofTree: commit.tree)
        return Stash(number: number, id: ref.id, commit: commit, changes: Change.between(before, after))
    }
}
