import Capsules
import Runners
import Synchronization

/// A capsule that does nothing, and tells when it is no more.
final class StubCapsule: LoadedCapsule {
    let id: CapsuleID
    let uplinks: [UplinkDeclaration]
    private let ending: @Sendable () -> Void

    init(_ manifest: Manifest, ending: @escaping @Sendable () -> Void = {}) {
        (id, uplinks) = (manifest.id, manifest.uplinks)
        self.ending = ending
    }

    /// One with uplinks of a name and a platform each.
    convenience init(
        _ id: String, _ uplinks: [(name: String, platform: String)] = [], ending: @escaping @Sendable () -> Void = {}
    ) throws {
        let blocks: [JSONValue] = uplinks.map { ["name": .string($0.name), "platform": .string($0.platform)] }
        try self.init(StubCapsule.manifest(id, uplinks: .array(blocks)), ending: ending)
    }

    deinit { ending() }

    /// A manifest with a block of uplinks.
    static func manifest(_ id: String, uplinks: JSONValue) throws -> Manifest {
        let document: JSONValue = ["id": .string(id), "name": "N", "version": "1.0.0", "uplinks": uplinks]
        return try Manifest.parse(JSONWriter.bytes(document))
    }
}
