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
        try checkContent(in: repository)
    }
}
