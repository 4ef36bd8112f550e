package import Objects
import Versions

/// A revision of a capsule that has been found in its repository.
package struct Revision: Sendable, Hashable {
    /// The commit.
    package let commit: ObjectID
    /// The reference that named it, when one did and no `~N` followed.
    package let ref: RefName?

    /// Finds what a text names, in this order: a release (`v1.2.0` or `1.2.0`), a branch, a remote branch
    /// (`origin/main`), a commit's first seven digits or more; any of them with `~N` for its Nth ancestor. No name at all, `@` or
    /// `HEAD` is the head: the current branch's commit.
    ///
    /// `.notFound` when nothing has that name, or a number of digits has several.
    package init(_ text: String, in repository: Repository, snapshot: RefSnapshot) throws(AmxError) {
        let parts = text.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        var steps = 0
        if parts.count > 1 {
            guard let number = parts[1].isEmpty ? 1 : Int(parts[1]), number >= 0 else {
                throw AmxError(
                    .usage, "\(text) is not a revision: a number belongs after the ~", hint: "for example main~1")
            }
            steps = number
        }
        guard let found = try Self.find(name, in: repository, snapshot: snapshot) else {
            throw AmxError(
                .notFound, "there is no revision \(name)",
                hint: NearNames.hint(for: name, among: Self.names(in: snapshot))
                    ?? "a revision is a release, a branch, a remote branch such as origin/main, "
                    + "or at least seven digits of a commit")
        }
        var commit = try repository.peelToCommit(found.id)
        for step in 0..<steps {
            guard let parent = try repository.commit(commit).parents.first else {
                let shown = name.isEmpty ? "@" : name
                throw AmxError(
                    .notFound, "\(shown) has only \(step) ancestors, so there is no \(shown)~\(steps)",
                    hint: step == 0 ? "it is the first commit" : "the first commit is \(shown)~\(step)")
            }
            commit = parent
        }
        self.commit = commit
        ref = steps == 0 ? found.ref : nil
    }

    /// Every reference's name as a revision names it: releases, branches, remote branches.
    package static func names(in snapshot: RefSnapshot) -> [String] {
        snapshot.refs.compactMap { $0.name.tag ?? $0.name.branch ?? $0.name.suffix(after: "refs/remotes/") }
    }

    private static func head(in snapshot: RefSnapshot) throws(AmxError) -> (id: ObjectID, ref: RefName?) {
        switch snapshot.head {
        case .detached(let id): return (id, nil)
        case .branch(let name):
            guard let ref = snapshot[name] else {
                throw AmxError(
                    .notFound, "there is no commit on \(name.branch ?? name.string) yet",
                    hint: "make one with `amx commit -m MESSAGE`")
            }
            return (ref.id, name)
        }
    }

    private static func find(
        _ name: String, in repository: Repository, snapshot: RefSnapshot
    ) throws(AmxError) -> (id: ObjectID, ref: RefName?)? {
        let version = name.utf8.first == UInt8(ascii: "v") ? String(name.dropFirst()) : name
        if ["", "@", "HEAD"].contains(name) { return try head(in: snapshot) }
        var candidates: [RefName?] = []
        if SemanticVersion(version) != nil { candidates.append(RefName(tag: "v\(version)")) }
        candidates.append(RefName(branch: name))
        if name.contains("/") { candidates.append(RefName("refs/remotes/\(name)")) }
        for case .some(let ref) in candidates {
            if let found = snapshot[ref] { return (found.id, ref) }
        }
        guard name.utf8.count >= 7 else { return nil }
        return try repository.commits(withPrefix: name).first.map { ($0, nil) }
    }
}
