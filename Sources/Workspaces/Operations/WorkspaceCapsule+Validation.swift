package import Capsules
package import Objects

extension WorkspaceCapsule {
    /// Checks that the working form could be committed: tree rules, limits, a valid manifest of this id.
    ///
    /// Returns the manifest for its warnings.
    @discardableResult
    package func validate(_ content: WorkingContent) throws(AmxError) -> Manifest {
        guard let file = content.files.first(where: { $0.path.bytes.elementsEqual("manifest.json".utf8) }) else {
            throw AmxError(
                .failure, "\(id) has no manifest.json",
                hint: "`amx new` makes a capsule with one; docs/manifest.md has the fields")
        }
        guard file.size <= Limits.standard.manifestBytes else {
            throw Limits.standard.passed(.manifestBytes, "manifest.json of \(id) has \(file.size) bytes")
        }
        let bytes = try bytes(of: file.path)
        guard SHA256Hasher.hash(of: bytes) == file.sha256 else {
            throw AmxError(.conflict, "\(id): manifest.json was changed meanwhile", hint: "run the command again")
        }
        return try Manifest.parse(bytes, of: id, with: content.files.map(\.path), file: "\(id)/manifest.json")
    }
}
