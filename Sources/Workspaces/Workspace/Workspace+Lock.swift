import Capsules
import Objects

/// What `amx.lock` says of one capsule.
struct LockedCapsule: Sendable, Hashable {
    /// The commit's hexadecimal id.
    let commit: String
    /// The content's digest.
    let digest: String
}

extension Workspace {
    /// The entries of `amx.lock` for a capsule; none when there is no lock file.
    func lockedDigests(of id: CapsuleID) throws(AmxError) -> [LockedCapsule] {
        let path = "\(root)/amx.lock"
        guard let bytes = try FileContent.read(path, limit: 64 << 20) else { return [] }
        let lock: JSONValue
        do throws(JSONError) {
            lock = try JSONParser.parse(bytes)
        } catch {
            throw error.error(in: path)
        }
        guard case .array(let capsules)? = lock["capsules"] else {
            throw AmxError(
                .failure, "\(path): there is no array \"capsules\"",
                hint: "restore the file from an earlier version, or remove it")
        }
        return capsules.compactMap { entry in
            guard entry["id"]?.string == id.string, let commit = entry["commit"]?.string,
                let digest = entry["digest"]?.string
            else { return nil }
            return LockedCapsule(commit: commit, digest: digest)
        }
    }
}
