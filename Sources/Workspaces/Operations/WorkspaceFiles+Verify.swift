import Capsules
package import Objects

extension WorkspaceFiles {
    /// What the workspace's own history is called among the subjects of `amx verify`.
    package static let subject = "workspace"

    /// Verifies the workspace's own history at a revision, by default the current branch.
    ///
    /// The files keep the rules of trees; `amx.json`, `amx.lock`, volumes and libraries are valid and fit each other; each capsule of
    /// `amx.lock` whose repository is here has that commit, of that tree and digest; the digest is the one that the commit states;
    /// the commit's signature is sound. Where the policy requires a branch to be signed, each of its commits since the first
    /// that a trusted key has signed must be.
    package func verify(_ revision: String?) throws(AmxError) -> Verification {
        let repository = try existingRepository()
        let position = try position(in: repository)
        let policy = try workspace.signaturePolicy(of: id)
        var audit = RevisionAudit(.workspace, of: repository, policy: policy)
        let (subject, commit, name): (String, ObjectID, RefName?)
        if let revision {
            let found = try Revision(revision, in: repository, snapshot: position.snapshot)
            (subject, commit, name) = ("\(Self.subject)@\(revision)", found.commit, found.ref)
        } else {
            guard let head = position.head else { throw missing() }
            (subject, commit, name) = (Self.subject, head, position.branch)
        }
        return audit.look(subject, at: commit, as: name) { _ throws(AmxError) in
            let incoming = try IncomingPolicy(IncomingObjects(repository: repository), of: id, kind: .workspace)
            try incoming.checkBranch(commit)
            try TreeRules.check(
                sorted: repository.files(ofTree: repository.commit(commit).tree).map(\.path))
            if let problem = try lockProblem(at: commit, in: repository) { return problem }
            guard let name, policy.requires(name) else { return nil }
            return try Self.unsignedCommit(below: commit, as: name, in: repository, policy)
        }
    }

    /// What is not as the lock of a commit says; nil when all is that can be looked at.
    private func lockProblem(at commit: ObjectID, in own: Repository) throws(AmxError) -> AmxError? {
        for entry in try lock(at: commit, in: own)?.capsules ?? [] {
            // What is not here, or never was brought here, says nothing.
            guard let repository = try workspace.capsule(entry.id).repository(), repository.contains(entry.commit)
            else { continue }
            do throws(AmxError) {
                try entry.checkContent(in: repository)
            } catch {
                guard error.code == .verification else { throw error }
                return error
            }
        }
        return nil
    }

    /// The first commit below a tip that should be signed and is not; nil when there is none. The tip has a verdict of its own.
    ///
    /// Should be: all that descend from one that a trusted key has signed. What was before did not know of the policy; the
    /// signatures above it stand for it.
    private static func unsignedCommit(
        below tip: ObjectID, as name: RefName, in repository: Repository, _ policy: SignaturePolicy
    ) throws(AmxError) -> AmxError? {
        let nodes = try CommitWalk(repository).missing(wants: [tip], haves: []).found
        var shortfalls: [ObjectID: AmxError] = [:]
        for node in nodes {
            let verdict = try policy.signers.judge(commit: repository.read(node.id, as: .commit), id: node.id)
            shortfalls[node.id] = verdict.shortfall(of: "commit \(node.id.abbreviated)", code: .verification)
        }
        guard !shortfalls.isEmpty else { return nil }
        let signed = SignedAncestry(nodes, isSigned: { shortfalls[$0] == nil })
        guard
            let first = nodes.first(where: { $0.id != tip && shortfalls[$0.id] != nil && signed.isBelow($0.id) }),
            let error = shortfalls[first.id]
        else { return nil }
        return AmxError(
            .verification, "\(error.message), and \(name.string) must be signed by a trusted key", hint: error.hint)
    }
}
