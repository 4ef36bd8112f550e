package import Objects

extension LockedCapsule {
    /// Throws `.verification` unless the commit, which a repository has, is of the tree and digest that the lock says.
    package func checkContent(in repository: Repository) throws(AmxError) {
        let found = try repository.commit(commit).tree
        let content = try repository.digest(ofTree: found)
        guard found == tree, content == digest else {
            throw AmxError(
                .verification,
                "\(id) at \(commit.abbreviated) is not what \(WorkspaceLock.fileName) says: its content is \(content)",
                hint:
                    "somebody has changed the lock, or the capsule where it comes from: find out who before you trust either"
            )
        }
    }
}
