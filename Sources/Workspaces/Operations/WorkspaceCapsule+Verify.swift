import Capsules
package import Objects

extension WorkspaceCapsule {
    /// Recomputes digests from content, and verifies signatures.
    ///
    /// Without a revision: the current commit, every release, and the packed file. With one: that revision. A digest is
    /// compared with the commit's trailer, the tag's trailer, the lock, or with `digest` alone when it is given. A release
    /// is also held against its manifest: it is of this capsule and of the version that it is named for. What has no
    /// signature of its own has that of another of these subjects with the same content.
    package func verify(_ revision: String?, against digest: String?) throws(AmxError) -> [Verification] {
        let repository = try existingRepository()
        let position = try position(in: repository)
        let audit = RevisionAudit(
            capsule: self, repository: repository, signers: try workspace.trustedSigners(of: id),
            locked: try workspace.lock()?.capsules.filter { $0.id == id } ?? [], digest: digest)
        if let revision {
            let found = try Revision(revision, in: repository, snapshot: position.snapshot)
            return [audit.look("\(id)@\(revision)", found.ref.flatMap { position.snapshot[$0] }, found.commit)]
        }
        var results: [Verification] = []
        if let head = position.head { results.append(audit.look("\(id)", nil, head)) }
        if digest == nil {
            for tag in position.snapshot.tags {
                results.append(audit.look("\(id)@\(tag.name.tag ?? "")", tag, tag.commit))
            }
        }
        if try form() == .packed {
            results.append(try Verification(file: workspace.packedPath(id), of: id, against: nil, in: workspace))
        }
        let signed = results.filter { $0.signature?.state == .good }
        return results.map { result in
            // The same content has been signed as something else.
            guard result.isIntact, result.signature?.state == SignatureVerdict.State.none,
                let signature = signed.first(where: { $0.digest == result.digest })?.signature
            else { return result }
            return result.holding(signature)
        }
    }
}
