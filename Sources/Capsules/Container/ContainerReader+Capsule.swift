package import Objects

extension ContainerReader {
    /// Reads the whole archive as ``verify()`` does, and throws unless what it holds is a capsule: that of `id`, where it is given.
    @discardableResult
    package func verifyCapsule(_ id: CapsuleID? = nil) throws(AmxError) -> ContainerContents {
        try forEachFile(ofCapsule: id) { _ in }
    }

    /// Unpacks a capsule as ``extract(to:expecting:)`` does; nothing appears when it is none, or not that of `id`.
    @discardableResult
    package func extractCapsule(
        _ id: CapsuleID? = nil, to directory: String, durably: Bool = true
    ) throws(AmxError) -> ContainerContents {
        let tree = try UnpackedTree(for: directory)
        let contents = try forEachFile(ofCapsule: id) { file throws(AmxError) in
            try tree.add(file.path, mode: file.mode, content: file.content)
        }
        try tree.publish(durably: durably)
        return contents
    }

    /// Shows each file as ``forEachFile(_:)`` does, and then holds the manifest against the files.
    private func forEachFile(
        ofCapsule id: CapsuleID?, _ visit: (ContainerFile) throws(AmxError) -> Void
    ) throws(AmxError) -> ContainerContents {
        var manifest: [UInt8] = []
        let contents = try forEachFile { file throws(AmxError) in
            guard file.path.bytes == ContainerFormat.manifestPath else { return try visit(file) }
            guard file.size <= limits.manifestBytes else {
                throw input.over(.manifestBytes, of: limits, "\(Manifest.fileName) has \(file.size) bytes")
            }
            try file.content { piece in manifest.append(contentsOf: piece) }
            try visit(ContainerFile(path: file.path, mode: file.mode, bytes: manifest))
        }
        do throws(AmxError) {
            _ = try Manifest.parse(manifest, of: id, with: contents.files.map(\.path), limits: limits)
        } catch {
            throw input.naming(error)
        }
        return contents
    }
}
