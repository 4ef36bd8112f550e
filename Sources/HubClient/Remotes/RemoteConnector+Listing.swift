package import Capsules
package import Objects

extension RemoteConnector {
    /// The names of all that is in a place, for advice on one that isn't; empty where that cannot be asked.
    package func names(at place: RemoteURL) -> [String] {
        if let all = try? ownerRefs(at: place, cacheFolder: nil) { return all.ids.map(\.string) }
        return ((try? capsules(at: place)) ?? []).map(\.string)
    }

    /// The capsules of a folder of repositories or of another workspace, in bytewise order; nil for other places, which
    /// don't tell this way.
    package func capsules(at place: RemoteURL) throws(AmxError) -> [CapsuleID]? {
        guard case .path(let path) = place else { return nil }
        let folder = Directory.parent(of: LocalRemote(try CapsuleID("any"), in: path).path)
        guard Directory.isDirectory(folder) else {
            throw AmxError(
                .notFound, "cannot read \(path): it is not a folder",
                hint: "check the remote's address with `amx remote list`")
        }
        return try Directory.names(in: folder).compactMap { name in
            let text = String(decoding: name, as: UTF8.self)
            guard text.hasSuffix(".git") else { return nil }
            return try? CapsuleID(String(text.dropLast(4)))
        }.sorted()
    }
}
