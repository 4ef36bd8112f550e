package import Capsules
package import Objects

extension Workspace {
    /// The file whose first line is the replica id.
    package var replicaPath: String { "\(metadata)/replica" }

    /// The id of this copy of the workspace, under which its events are kept; nil before it has any.
    package func replica() throws(AmxError) -> ReplicaID? {
        guard let bytes = try FileContent.read(replicaPath, limit: 4096) else { return nil }
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard let replica = ReplicaID(line) else {
            throw AmxError(
                .failure, "\(replicaPath) has no replica id in its first line",
                hint: "remove the file: the next event chooses another id")
        }
        return replica
    }
}
