/// `bundle.json`: what a bundle is, and what stands in it.
///
/// A value without I/O; equal values give equal bytes. `docs/bundles.md` describes the file.
package struct BundleManifest: Sendable, Hashable {
    /// The bundle's name.
    package let name: String
    /// `amx.json`.
    package let manifest: BundledFile
    /// `amx.lock`.
    package let lock: BundledFile
    /// The releases, by id.
    package let capsules: [BundledCapsule]

    /// Takes releases in any order.
    package init(name: String, manifest: BundledFile, lock: BundledFile, capsules: [BundledCapsule]) {
        (self.name, self.manifest, self.lock) = (name, manifest, lock)
        self.capsules = capsules.sorted { $0.id < $1.id }
    }

    /// The members that follow `bundle.json` and its signature, in their order.
    package var files: [BundledFile] { [manifest, lock] + capsules.flatMap { [$0.content, $0.history] } }

    /// What the file says.
    package var json: JSONValue {
        [
            "format": .string(BundleFormat.format), "version": .integer(BundleFormat.version), "name": .string(name),
            "manifest": manifest.json, "lock": lock.json, "capsules": .array(capsules.map(\.json)),
        ]
    }

    /// The file's bytes.
    package var encoded: [UInt8] { JSONWriter.bytes(json, .canonicalPretty) }
}
