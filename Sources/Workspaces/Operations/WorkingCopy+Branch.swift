import Capsules
package import Objects

/// A branch of a capsule.
package struct Branch: Sendable, Hashable {
    /// Its short name.
    package let name: String
    /// Its commit.
    package let commit: ObjectID
    /// Whether the working form is on it.
    package let isCurrent: Bool
}

extension WorkingCopy {
    /// The branches, in bytewise order.
    package func branches() throws(AmxError) -> [Branch] {
        let snapshot = try existingRepository().refs.snapshot()
        return snapshot.branches.map { ref in
            Branch(
                name: ref.name.branch ?? ref.name.string, commit: ref.id, isCurrent: ref.name == snapshot.head.branch)
        }
    }

    /// Makes a branch at a revision, without one at the current branch's commit; `.conflict` when the name is taken. The caller
    /// holds the lock.
    ///
    /// One that is made at a remote's branch follows that.
    package func createBranch(_ name: String, at revision: String? = nil) throws(AmxError) -> Branch {
        try finishPending()
        let repository = try existingRepository()
        let position = try position(in: repository)
        let ref = try Self.branchRef(name)
        guard revision != nil || position.head != nil else { throw unborn(position) }
        try checkNew(ref, in: position)
        let found = try Revision(revision ?? "HEAD", in: repository, snapshot: position.snapshot)
        try repository.refs.commit([RefUpdate(ref, expected: .missing, new: found.commit)])
        if let parts = found.ref?.suffix(after: "refs/remotes/")?.split(separator: "/", maxSplits: 1),
            let remote = parts.first, let branch = parts.last, parts.count == 2
        {
            let upstream = Upstream(remote: String(remote), branch: String(branch))
            try workspace.setUpstream(upstream, of: name, in: self)
        }
        return Branch(name: name, commit: found.commit, isCurrent: false)
    }

    /// Makes a branch current and the working form its content. The caller holds the lock.
    ///
    /// With `create`, the branch is made at the current commit and uncommitted changes stay as they are. Otherwise
    /// uncommitted changes, and ignored files in the way, are refused with `.conflict`; with `keeping`, uncommitted changes of
    /// files that both branches have alike come along. A branch that only a remote has is made from there.
    package func switchBranch(to name: String, create: Bool, keeping: Bool = false) throws(AmxError) -> Branch {
        try finishPending()
        let repository = try existingRepository()
        let position = try position(in: repository)
        try checkNoMerge("switch", in: position)
        let ref = try Self.branchRef(name)
        if create {
            guard let head = position.head else { throw unborn(position) }
            guard position.head == position.base else { throw moved(position) }
            try checkNew(ref, in: position)
            // Base and target are the same, so the form is left as it is.
            try perform(Transition(from: head, to: head, branch: ref, advances: .missing), in: repository)
            return Branch(name: name, commit: head, isCurrent: true)
        }
        let (target, advances) = try switchTarget(name, in: position)
        if ref == position.branch, target == position.base, try form() != nil {
            return Branch(name: name, commit: target, isCurrent: true)
        }
        try checkContent(of: target, in: repository)
        if advances != nil { try followRemote(name, in: position.snapshot) }
        if keeping, try form() != nil, let base = position.base {
            try carryChanges(from: base, to: target, on: ref, advances: advances, in: repository)
            return Branch(name: name, commit: target, isCurrent: true)
        }
        try checkNothingIsLost(changingTo: target, in: repository, base: position.base)
        let hasForm = try form() != nil
        try perform(
            Transition(from: hasForm ? position.base : nil, to: target, branch: ref, advances: advances), in: repository
        )
        return Branch(name: name, commit: target, isCurrent: true)
    }

    /// The commit of a branch that is switched to, and whether the branch is made by that.
    func switchTarget(
        _ name: String, in position: Position
    ) throws(AmxError) -> (commit: ObjectID, advances: RefUpdate.Expectation?) {
        if let existing = try position.snapshot[Self.branchRef(name)] { return (existing.id, nil) }
        if let remote = remoteBranch(name, in: position.snapshot) { return (remote, .missing) }
        throw AmxError(
            .notFound, "\(id) has no branch \(name)",
            hint: NearNames.hint(for: name, among: Self.branchNames(in: position.snapshot))
                ?? "make it with `\(command("switch", name, "--create"))`; `\(command("branch"))` lists those that exist"
        )
    }

    /// Refuses, with `.conflict`, a change of the working form that would overwrite something that no commit holds.
    package func checkNothingIsLost(
        changingTo target: ObjectID, in repository: Repository, base: ObjectID?
    ) throws(AmxError) {
        guard try form() != nil else { return }
        // What a merge has decided so far is nowhere else.
        try checkNoMerge("change", in: position(in: repository))
        let content = try content()
        var before: [FileEntry] = []
        if let base { before = try repository.files(ofTree: repository.commit(base).tree) }
        let changes = Change.between(before, content.entries)
        guard changes.isEmpty else {
            let names = changes.prefix(3).map(\.path.string).joined(separator: ", ")
            throw AmxError(
                .conflict,
                "\(id) has uncommitted changes: \(names)\(changes.count > 3 ? " and \(changes.count - 3) more" : "")",
                hint:
                    "commit them with `\(command("commit", "-m \"...\""))`"
                    + (kind == .capsule ? ", or put them aside with `\(command("stash"))`" : "")
            )
        }
        try checkIgnored(
            content, changingTo: repository.files(ofTree: repository.commit(target).tree), of: target.abbreviated)
    }

    /// Refuses, with `.conflict`, files that would overwrite what is ignored in the working form.
    func checkIgnored(_ content: WorkingContent, changingTo after: [FileEntry], of name: String) throws(AmxError) {
        guard !content.ignored.isEmpty else { return }
        let wanted = Set(after.map(\.path.string))
        // Each file and the folders that it needs; a folder's name ends in a slash, as that of an ignored one does.
        let needed = Dictionary(
            after.flatMap { file in Self.prefixes(of: file.path.string).map { ($0, file.path.string) } },
            uniquingKeysWith: { first, _ in first })
        for ignored in content.ignored {
            // A folder in the way of a file, a file in the way of a folder, or the same name.
            let name = ignored.hasSuffix("/") ? String(ignored.dropLast()) : ignored
            let inside = Self.prefixes(of: ignored).map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
            guard let path = needed[name] ?? needed["\(name)/"] ?? inside.first(where: wanted.contains) else {
                continue
            }
            throw AmxError(
                .conflict,
                "\(id): \(ignored) is ignored here and in the way of \(path) of \(name)",
                hint: "move it elsewhere first")
        }
    }

    /// A path and the folders above it, those with a slash at their end.
    private static func prefixes(of path: String) -> [String] {
        path.utf8.indices.filter { path.utf8[$0] == 0x2F }.map { String(path[...$0]) } + [path]
    }

    func checkNew(_ ref: RefName, in position: Position) throws(AmxError) {
        guard let existing = position.snapshot[ref] else { return }
        let name = ref.branch ?? ref.string
        throw AmxError(
            .conflict, "\(id): the branch \(name) exists already, at \(existing.id.abbreviated)",
            hint: "go there with `\(command("switch", name))`")
    }

    private func remoteBranch(_ name: String, in snapshot: RefSnapshot) -> ObjectID? {
        let found = snapshot.refs(withPrefix: "refs/remotes/").filter { ref in
            guard let rest = ref.name.suffix(after: "refs/remotes/"), let slash = rest.utf8.firstIndex(of: 0x2F) else {
                return false
            }
            return rest[rest.utf8.index(after: slash)...].utf8.elementsEqual(name.utf8)
        }
        let ids = Set(found.map(\.id))
        return ids.count == 1 ? ids.first : nil
    }

    /// The branches that can be switched to: those of the capsule, and those that only a remote has.
    package static func branchNames(in snapshot: RefSnapshot) -> [String] {
        let own = snapshot.branches.compactMap(\.name.branch)
        let remote = snapshot.refs(withPrefix: "refs/remotes/").compactMap { ref -> String? in
            let parts = ref.name.suffix(after: "refs/remotes/")?.split(separator: "/", maxSplits: 1) ?? []
            return parts.count == 2 ? String(parts[1]) : nil
        }
        return own + Set(remote).subtracting(own).sorted()
    }

    func unborn(_ position: Position) -> AmxError {
        AmxError(
            .failure, "\(id) has no commit on \(position.branchName) yet",
            hint: "make one with `\(command("commit", "-m \"...\""))`")
    }

    static func branchRef(_ name: String) throws(AmxError) -> RefName {
        guard let ref = RefName(branch: name) else {
            throw AmxError(
                .failure, "\(TreeRules.printable(name.utf8)) is not a name for a branch",
                hint: "use letters, digits, `-` and `/`, for example feature/refunds")
        }
        return ref
    }
}
