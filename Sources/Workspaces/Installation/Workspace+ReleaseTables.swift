package import Capsules
import Objects

extension Workspace {
    /// Where what was read of the releases of a repository is remembered: one file for each repository, which can be deleted at
    /// will.
    package func releaseTablePath(_ id: CapsuleID, at path: String) -> String {
        var path = path
        let digest = path.withUTF8 { SHA256Hasher.hash(of: UnsafeRawBufferPointer($0)) }.hex.prefix(16)
        return "\(cacheDirectory)/releases/\(id)-\(digest)"
    }

    /// A new path in the cache for a repository that parts of others are read through; no other process uses it.
    package func temporaryReleasePath() -> String {
        "\(cacheDirectory)/releases/\(Directory.temporaryName(".tmp"))"
    }
}
