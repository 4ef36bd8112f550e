package import Capsules
package import Objects

extension Workspace {
    /// The setting that has the replica id, in the workspace's own configuration.
    package static let replicaKey = "workspace.replica"

    /// The id of this copy of the workspace, under which its events are kept; nil before it has any.
    package func replica() throws(AmxError) -> ReplicaID? {
        guard let text = try configuration().string(Self.replicaKey) else { return nil }
        guard let replica = ReplicaID(text) else {
            throw AmxError(
                .failure, "\(configPath): \(Self.replicaKey) is no replica id: \(TreeRules.printable(text.utf8))",
                hint: "remove it with `amx config --unset \(Self.replicaKey)`: the next event chooses another")
        }
        return replica
    }
}
