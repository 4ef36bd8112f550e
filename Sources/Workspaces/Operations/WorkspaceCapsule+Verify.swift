import Capsules
package import Objects
import Versions

extension WorkspaceCapsule {
    /// Recomputes digests from content, and verifies signatures.
    ///
    /// Without a revision: the current commit, every release, the packed file, and the file that it was installed from. With one: that revision. A digest is
    /// compared with the commit's trailer, the tag's trailer, the lock, or with `digest` alone when it is given. A release
    /// is also held against its manifest: it is of this capsule and of the version that it is named for. Which of them must be
    /// signed is what the policy says of their references. What has no signature of its own has that of another of these subjects with the same content.
    package func verify(_ revision: String?, against digest: String?) throws(AmxError) -> [Verification] {
        let repository = try existingRepository()
        let position = try position(in: repository)
        var audit = RevisionAudit(
            .capsule, of: repository, policy: try workspace.signaturePolicy(of: id),
            locked: try workspace.lock()?.capsules.filter { $0.id == id } ?? [], digest: digest)
        if let revision {
            let found = try Revision(revision, in: repository, snapshot: position.snapshot)
            let ref = found.ref.flatMap { position.snapshot[$0] }
            return [look("\(id)@\(revision)", ref, at: found.commit, as: found.ref, &audit)]
        }
        var results: [Verification] = []
        if let head = position.head { results.append(look("\(id)", nil, at: head, as: position.branch, &audit)) }
        if digest == nil {
            for tag in position.snapshot.tags {
                results.append(look("\(id)@\(tag.name.tag ?? "")", tag, at: tag.commit, as: tag.name, &audit))
            }
        }
        if try form() == .packed {
            results.append(try Verification(file: workspace.packedPath(id), of: id, against: nil, in: workspace))
        }
        let files = digest == nil ? audit.locked.compactMap { FileSource($0.source.text) } : []
        for path in files.map(workspace.path) where Directory.exists(path) {
            results.append(try Verification(file: path, of: id, against: nil, in: workspace))
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

    func look(
        _ subject: String, _ ref: Ref?, at commit: ObjectID, as name: RefName?, _ audit: inout RevisionAudit
    ) -> Verification {
        let release = ref.flatMap { $0.peeled == nil ? nil : $0 }
        let repository = audit.repository
        return audit.look(subject, at: commit, as: name, tag: release?.id) { tree throws(AmxError) in
            try release.flatMap { (ref) throws(AmxError) in try misfit(of: ref, tree: tree, in: repository) }
        }
    }

    /// Why a release is not of this capsule and version; nil when it is.
    private func misfit(of release: Ref, tree: ObjectID, in repository: Repository) throws(AmxError) -> AmxError? {
        guard let name = release.name.tag, name.hasPrefix("v") else { return nil }
        let manifest = try manifest(ofTree: tree, in: repository)
        guard manifest.id == id else {
            return AmxError(.verification, "its manifest is that of \(manifest.id)")
        }
        guard manifest.tagName == name else {
            return AmxError(.verification, "its manifest has version \(manifest.version.text)")
        }
        return nil
    }
}
