package import Capsules
import Glibc
package import Objects

extension Workspace {
    /// Makes a directory with a valid manifest and an example of each kind of asset, and returns its path.
    ///
    /// It appears whole or not at all. The caller holds the lock. `.conflict` when the capsule is here already.
    package func newCapsule(_ id: CapsuleID, name: String?, author: Developer) throws(AmxError) -> String {
        let title = name ?? Self.title(of: id)
        return try place(id) { folder throws(AmxError) in
            for file in CapsuleTemplate.files(id: id, name: title, author: author) {
                let path = "\(folder)/\(file.path)"
                try Directory.create(Directory.parent(of: path))
                try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL).write(Array(file.text.utf8))
            }
        }
    }

    /// Makes a capsule from a folder with `SKILL.md`: its files, byte for byte, and a manifest from the front matter.
    ///
    /// A folder that has a `manifest.json` keeps it, if it is valid. The same rules hold as for a commit. The caller holds the
    /// lock. `.conflict` when the capsule is here already.
    package func importSkill(
        from folder: String, id wanted: CapsuleID?, author: Developer?
    ) throws(AmxError) -> (id: CapsuleID, path: String) {
        let limits = Limits.standard
        guard Directory.isDirectory(folder) else {
            throw AmxError(
                .notFound, "cannot import \(folder): it is not a directory", hint: "name the folder that holds SKILL.md"
            )
        }
        guard
            let skill = try FileContent.read(
                "\(folder)/\(SkillFrontMatter.fileName)", limit: limits.objectBytes)
        else {
            throw AmxError(
                .failure, "cannot import \(folder): it has no \(SkillFrontMatter.fileName)",
                hint: "a skill is a folder with that file; to start a capsule of your own, use `amx new`")
        }
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
            let matter = try SkillFrontMatter(skill, file: "\(folder)/\(SkillFrontMatter.fileName)")
            if let wanted { id = wanted } else { id = try matter.capsuleID(folder: Directory.name(of: folder)) }
            manifest = JSONWriter.bytes(matter.manifest(id: id, author: author), .pretty)
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
        return (id, path)
    }

    /// Lets `body` fill a temporary folder, and gives it the capsule's name.
    private func place(
        _ id: CapsuleID, _ body: (String) throws(AmxError) -> Void
    ) throws(AmxError) -> String {
        let capsule = capsule(id)
        if try manifest()?.name == id {
            throw AmxError(
                .conflict, "the workspace itself is named \(id)",
                hint: "choose another id: both are shared as OWNER/\(id).git")
        }
        guard try capsule.form() == nil, !Directory.exists(repositoryPath(id)) else {
            throw AmxError(
                .conflict, "there is a capsule \(id) in this workspace already", hint: "choose another id")
        }
        let temporary = "\(temporaryDirectory)/\(Directory.temporaryName("new"))"
        try Directory.create(temporary)
        do throws(AmxError) {
            try body(temporary)
            try Directory.syncTree(temporary)
            try Directory.renameWithoutReplacing(temporary, to: directoryPath(id))
        } catch {
            do throws(AmxError) { try Directory.remove(temporary) } catch {}
            throw error
        }
        try Directory.sync(capsulesDirectory)
        try develop(id)
        return directoryPath(id)
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

    /// A title from an id: `customer-service` becomes `Customer Service`.
    private static func title(of id: CapsuleID) -> String {
        id.string.split { $0 == "-" || $0 == "." }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined(separator: " ")
    }
}
