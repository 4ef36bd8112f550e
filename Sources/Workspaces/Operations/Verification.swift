import Capsules
package import Objects

/// The verdict on one subject of `amx verify`.
package struct Verification: Sendable {
    /// What was looked at: `ID`, `ID@v1.0.0`, or a file.
    package let subject: String
    /// The digest of its content, computed anew; nil when the content could not be read.
    package let digest: ContentDigest?
    /// The digest that it should have, as far as anything states one.
    package let expected: String?
    /// Who states it: a trailer, a tag, the lock, or the caller.
    package let source: String?
    /// What is wrong, when it isn't the digest itself: of damage `.verification`, else what any other command would say.
    package let failure: AmxError?

    /// What is wrong in words, when it isn't the digest itself.
    package var problem: String? { failure?.message }

    /// Whether all is as it should be.
    package var isValid: Bool {
        guard failure == nil, let digest else { return false }
        return expected.map { $0 == digest.text } ?? true
    }
}

extension WorkspaceCapsule {
    /// Recomputes digests from content.
    ///
    /// Without a revision: the current commit, every release, and the packed file. With one: that revision. A digest is
    /// compared with the commit's trailer, the tag's trailer, the lock, or with `digest` alone when it is given.
    package func verify(_ revision: String?, against digest: String?) throws(AmxError) -> [Verification] {
        let repository = try existingRepository()
        let position = try position(in: repository)
        var checksums: [ObjectID: (size: Int, sha256: SHA256Digest)] = [:]
        let locked = try workspace.lock()?.capsules.filter { $0.id == id } ?? []
        func look(_ subject: String, _ ref: Ref?, _ commit: ObjectID) -> Verification {
            do throws(AmxError) {
                let object = try repository.commit(commit)
                let found = try repository.digest(ofTree: object.tree, checksums: &checksums)
                var stated: [(String, String)] = []
                if let digest {
                    stated = [(digest, "--digest")]
                } else {
                    stated += Trailers.values(of: ContentDigest.trailer, in: object.message).map { ($0, "commit") }
                    if let ref, ref.peeled != nil {
                        let message = try repository.tag(ref.id).message
                        stated += Trailers.values(of: ContentDigest.trailer, in: message).map { ($0, "tag") }
                    }
                    stated += locked.filter { $0.commit == commit }.map { ($0.digest.text, "amx.lock") }
                }
                // The first statement that is wrong is the one to tell.
                let shown = stated.first { $0.0 != found.text } ?? stated.first
                return Verification(
                    subject: subject, digest: found, expected: shown?.0, source: shown?.1, failure: nil)
            } catch {
                // What a store lacks it should have.
                let failure =
                    error.code == .notFound
                    ? AmxError(.verification, error.message, hint: error.hint, cause: error) : error
                return Verification(
                    subject: subject, digest: nil, expected: digest, source: nil, failure: failure)
            }
        }
        if let revision {
            let found = try Revision(revision, in: repository, snapshot: position.snapshot)
            return [look("\(id)@\(revision)", found.ref.flatMap { position.snapshot[$0] }, found.commit)]
        }
        var results: [Verification] = []
        if let head = position.head { results.append(look("\(id)", nil, head)) }
        if digest == nil {
            for tag in position.snapshot.tags { results.append(look("\(id)@\(tag.name.tag ?? "")", tag, tag.commit)) }
        }
        if try form() == .packed { results.append(Verification(file: workspace.packedPath(id), against: nil)) }
        return results
    }
}

extension Verification {
    /// Reads a whole `.kc` file, checks it against itself, and compares its digest with the one given.
    package init(file path: String, against digest: String?) {
        do throws(AmxError) {
            let contents = try ContainerReader(path).verify()
            self.init(
                subject: path, digest: contents.digest, expected: digest, source: digest.map { _ in "--digest" },
                failure: nil)
        } catch {
            self.init(subject: path, digest: nil, expected: digest, source: nil, failure: error)
        }
    }
}
