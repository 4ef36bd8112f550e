package import Objects

/// Checks what commits and releases state of their content: digest trailers, and releases as a push has them.
///
/// For repositories whose objects are sound (``RepositoryFsck``).
package struct HistoryFsck {
    private let repository: Repository
    private let capsule: CapsuleID

    /// Prepares for the repository of a capsule, or of the workspace of that name.
    package init(_ repository: Repository, of capsule: CapsuleID) {
        self.repository = repository
        self.capsule = capsule
    }

    /// Checks all commits, and the releases among the references.
    package func run(_ commits: [ObjectID], _ refs: [Ref]) throws(AmxError) -> [FsckFinding] {
        var findings: [FsckFinding] = []
        let digests = HistoryDigests(repository)
        for id in commits {
            do throws(AmxError) {
                try check(id, digests)
            } catch {
                findings.append(
                    FsckFinding(.digest, id.hex, error.message, hint: error.hint ?? FsckFinding.replace))
            }
        }
        let incoming = try IncomingObjects(repository: repository)
        for (commit, error) in incoming.oversized(among: commits) {
            findings.append(
                FsckFinding(.object, commit.hex, error.message, hint: error.hint ?? FsckFinding.replace))
        }
        let policy = IncomingPolicy(incoming, of: capsule)
        for ref in refs where try repository.header(ref.id)?.kind == .tag {
            let name = try repository.tag(ref.id).name
            guard ref.name.tag != name else { continue }
            findings.append(
                FsckFinding(
                    .ref, ref.name.string, "its tag was made as refs/tags/\(TreeRules.printable(name.utf8))",
                    hint: "give the reference the name of its tag"))
        }
        for ref in refs {
            guard let name = ref.name.tag, name.utf8.first == UInt8(ascii: "v") else { continue }
            do throws(AmxError) {
                try policy.checkRelease(name, ref.id)
            } catch {
                findings.append(
                    FsckFinding(.release, ref.name.string, error.message, hint: error.hint ?? FsckFinding.replace))
            }
        }
        return findings
    }

    /// Checks that branches of a capsule hold what every door lets in.
    package func checkContent(_ refs: [Ref]) throws(AmxError) -> [FsckFinding] {
        guard let head = try repository.refs.snapshot().headID, try repository.kind(ofCommit: head) == .capsule else {
            return []
        }
        let policy = IncomingPolicy(try IncomingObjects(repository: repository), of: capsule, kind: .capsule)
        var findings: [FsckFinding] = []
        for ref in refs where ref.name.branch != nil {
            do throws(AmxError) {
                try policy.checkContent(of: ref.id)
            } catch {
                findings.append(
                    FsckFinding(.ref, ref.name.string, error.message, hint: error.hint ?? FsckFinding.replace))
            }
        }
        return findings
    }

    /// Checks that the references are of those that a hub lets in or writes itself, and that branches may point where they do.
    package func checkAllowed(_ refs: [Ref]) -> [FsckFinding] {
        var findings: [FsckFinding] = []
        func check(_ ref: Ref, _ body: () throws(AmxError) -> Void) {
            do throws(AmxError) {
                try body()
            } catch {
                findings.append(
                    FsckFinding(.ref, ref.name.string, error.message, hint: error.hint ?? FsckFinding.replace))
            }
        }
        let branches = refs.filter { $0.name.branch != nil }
        var kind: RepositoryKind?
        for branch in branches where kind == nil { kind = try? repository.kind(ofCommit: branch.id) }
        for ref in refs where !Self.isAllowed(ref.name, in: kind ?? .capsule) {
            check(ref) { () throws(AmxError) in
                throw AmxError(
                    .denied, "a hub has no such reference of a \((kind ?? .capsule).rawValue)",
                    hint: "remove it with `git update-ref -d` in the repository, or give what it names a branch")
            }
        }
        for ref in refs where ref.name == .meta {
            check(ref) { () throws(AmxError) in _ = try CapsuleMeta(of: repository, at: ref.id) }
        }
        do throws(AmxError) {
            let policy = IncomingPolicy(try IncomingObjects(repository: repository), of: capsule, kind: kind)
            for branch in branches {
                check(branch) { () throws(AmxError) in try policy.checkBranch(branch.id) }
            }
        } catch {
            findings.append(
                FsckFinding(.repository, ".", error.message, hint: error.hint ?? FsckFinding.replace))
        }
        return findings
    }

    private static func isAllowed(_ name: RefName, in kind: RepositoryKind) -> Bool {
        if name.branch != nil { return true }
        switch kind {
        case .capsule:
            return name.tag?.utf8.first == UInt8(ascii: "v")
                || ["refs/amx/meta", "refs/amx/reviews"].contains(name.string)
        case .workspace: return ReplicaID(chain: name) != nil
        }
    }

    private func check(_ id: ObjectID, _ digests: HistoryDigests) throws(AmxError) {
        let commit = try repository.commit(id)
        for stated in Trailers.values(of: ContentDigest.trailer, in: commit.message) {
            let found = try digests.digest(ofTree: commit.tree)
            guard ContentDigest(stated) != found else { continue }
            throw AmxError(
                .verification,
                "the commit says that its digest is \(TreeRules.printable(stated.utf8)): it is \(found.text)",
                hint: "its author or a tool has changed it: fetch it from where it was made, or leave its branch")
        }
    }
}
