package import Objects

extension Repository {
    /// What a commit's tree says that the repository is.
    package func kind(ofCommit commit: ObjectID) throws(AmxError) -> RepositoryKind {
        let name = Array(WorkspaceManifest.fileName.utf8)
        let entries = try entries(ofTree: self.commit(commit).tree)
        return entries.contains { $0.name == name && !$0.isTree } ? .workspace : .capsule
    }
}
