import Capsules
import Objects

/// What this copy of the workspace has seen of each chain, so that a chain that was replaced is noticed: `.aimatrix/chains`.
///
/// Canonical JSON: `{"<replica>":{"commit":"…","digest":"sha256:…","sequence":57}}`. Who changes it holds the lock of folding.
struct ChainMemory: Sendable, Hashable {
    /// The last batch that was seen.
    struct Sighting: Sendable, Hashable {
        /// Its commit.
        let commit: ObjectID
        /// Its digest.
        let digest: SHA256Digest
        /// Its last event.
        let sequence: Int64
    }

    private let path: String
    /// The chains by their replica's id.
    private(set) var sightings: [ReplicaID: Sighting] = [:]

    /// Reads what has been seen.
    init(_ workspace: Workspace) throws(AmxError) {
        path = "\(workspace.metadata)/chains"
        guard let bytes = try FileContent.read(path, limit: 1 << 26) else { return }
        guard let object = try? JSONParser.parse(bytes).object else { throw damaged() }
        for member in object.members {
            guard let replica = ReplicaID(member.key),
                let commit = member.value["commit"]?.string.flatMap({ ObjectID(hex: $0) }),
                let text = member.value["digest"]?.string, text.hasPrefix("sha256:"),
                let digest = SHA256Digest(hex: text.dropFirst(7)),
                let sequence = member.value["sequence"]?.integer
            else { throw damaged() }
            sightings[replica] = Sighting(commit: commit, digest: digest, sequence: sequence)
        }
    }

    /// Notes batches, durably.
    mutating func note(_ seen: [ReplicaID: Sighting]) throws(AmxError) {
        let old = sightings
        sightings.merge(seen) { $1 }
        if sightings != old { try write() }
    }

    /// Forgets a chain, durably.
    mutating func forget(_ replica: ReplicaID) throws(AmxError) {
        if sightings.removeValue(forKey: replica) != nil { try write() }
    }

    private func write() throws(AmxError) {
        let members = sightings.map { replica, sighting -> (String, JSONValue) in
            (
                replica.string,
                [
                    "commit": .string(sighting.commit.hex), "digest": .string("sha256:\(sighting.digest.hex)"),
                    "sequence": .integer(sighting.sequence),
                ]
            )
        }
        try AtomicFile.write(JSONWriter.bytes(.object(JSONObject(members)), .canonicalPretty), to: path)
    }

    private func damaged() -> AmxError {
        AmxError(
            .verification, "\(path) is damaged",
            hint: "restore it from a backup; without it no replaced chain is noticed")
    }
}
