import Capsules
import Objects
import Testing

@testable import Workspaces

/// Manifests and digests for tests of values.
enum LifecycleFixture {
    /// A manifest of `refunds` with further members, as JSON without the outer brackets.
    static func manifest(
        _ version: String = "1.0.0", _ members: String = "", id: String = "refunds"
    ) throws -> Manifest {
        let rest = members.isEmpty ? "" : ", \(members)"
        return try Manifest.parse(
            Array(#"{"id": "\#(id)", "name": "Refunds", "version": "\#(version)"\#(rest)}"#.utf8))
    }

    /// A digest that is like no other.
    static func digest(_ seed: String) -> ContentDigest {
        ContentDigest(sha256: SHA256Hasher.hash(of: Array(seed.utf8)))
    }
}
