package import Capsules
import Glibc
package import Objects

extension Workspace {
    /// A capsule that a folder has become.
    package struct ImportedCapsule: Sendable {
        package let id: CapsuleID
        /// Its directory.
        package let path: String
        /// What deserves a look in what the manifest was made from.
        package let warnings: [ManifestDiagnostic]
    }

    /// Makes a capsule from a folder with `SKILL.md`, or from a knowledge unit: its files, byte for byte, and a manifest from the
    /// skill's front matter or the unit's metadata.
    ///
    /// A folder that has a `manifest.json` keeps it, if it is valid. The same rules hold as for a commit. The caller holds the
    /// lock. `.conflict` when the capsule is here already, `.verification` when a unit's content is not what its metadata says.
    package func importFolder(
        _ folder: String, id wanted: CapsuleID?, author: Developer?
    ) throws(AmxError) -> ImportedCapsule {
        guard Directory.isDirectory(folder) else {
            throw AmxError(
                .notFound, "cannot import \(folder): it is not a directory",
                hint: "name the folder that holds \(SkillFrontMatter.fileName) or \(KnowledgeUnit.fileName)")
        }
        let limits = Limits.standard
        let scanner = try DirectoryScanner(folder)
        var paths: [TreePath] = []
        var total = 0
        for file in scanner.files {
            let path = try TreePath(bytes: file.path)
            let (sum, overflow) = total.addingReportingOverflow(Int(file.stamp.size))
            guard file.stamp.size <= limits.objectBytes else {
                throw limits.passed(
                    .objectBytes, "cannot import \(folder): '\(path)' has \(file.stamp.size) bytes")
            }
            guard !overflow, sum <= limits.expandedBytes else {
                throw limits.passed(
                    .expandedBytes, "cannot import \(folder): it holds more bytes than a capsule may have")
            }
            total = sum
            paths.append(path)
        }
        let source = try ImportSource(folder, paths: paths)
        let id: CapsuleID
        var manifest: [UInt8]?
        if let present = try FileContent.read("\(folder)/\(Manifest.fileName)", .manifestBytes, of: limits) {
            let found = try Manifest.parse(present, file: "\(folder)/\(Manifest.fileName)").id
            guard wanted == nil || wanted == found else {
                throw AmxError(
                    .failure, "cannot import \(folder): its manifest.json says that its id is \(found)",
                    hint: "leave --id out, or change the manifest")
            }
            id = found
        } else {
            let made = try source.manifest(wanted, author: author, folder: folder)
            id = made.id
            manifest = JSONWriter.bytes(made.manifest, .pretty)
            paths.append(try TreePath(Manifest.fileName))
        }
        try TreeRules.check(sorted: paths.sorted())
        let path = try place(id) { target throws(AmxError) in
            for file in scanner.files {
                try Self.copy(
                    "\(folder)/\(String(decoding: file.path, as: UTF8.self))",
                    to: "\(target)/\(String(decoding: file.path, as: UTF8.self))",
                    mode: FileMode(permissions: file.stamp.mode))
            }
            if let manifest {
                try OpenFile("\(target)/\(Manifest.fileName)", O_WRONLY | O_CREAT | O_EXCL).write(manifest)
            }
        }
        return ImportedCapsule(id: id, path: path, warnings: source.warnings)
    }

    private static func copy(_ source: String, to target: String, mode: FileMode) throws(AmxError) {
        try Directory.create(Directory.parent(of: target))
        let input = try OpenFile(source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        guard try input.status().st_mode & S_IFMT == S_IFREG else {
            throw AmxError(
                .failure, "cannot import \(source): it is not a regular file any more",
                hint: "it changed meanwhile: run the command again")
        }
        let output = try OpenFile(
            target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode == .executable ? 0o755 : 0o644)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try input.read(into: buffer)
            if count == 0 { break }
            try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
