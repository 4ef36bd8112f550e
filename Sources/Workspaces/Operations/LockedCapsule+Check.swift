package import Capsules
package import Objects

extension LockedCapsule {
    /// Throws unless a repository has what the lock says: the commit, with that tree, of that digest.
    package func check(in repository: Repository, from location: String) throws(AmxError) {
        guard repository.contains(commit) else {
            throw AmxError(
                .notFound,
                "\(WorkspaceLock.fileName) names commit \(commit.abbreviated) of \(id), which \(location) does not have",
                hint: "ask who committed the workspace to push the capsule: `amx push REMOTE \(id)`")
        }
        let found = try repository.commit(commit).tree
        guard found == tree, try repository.digest(ofTree: found) == digest else {
            throw AmxError(
                .verification,
                "\(id) at \(commit.abbreviated) is not what \(WorkspaceLock.fileName) says: its content is \(try repository.digest(ofTree: found))",
                hint:
                    "somebody has changed the lock, or the capsule at \(location): find out who before you trust either"
            )
        }
    }
}
