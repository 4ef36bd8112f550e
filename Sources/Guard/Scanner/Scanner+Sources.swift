package import Capsules
import Glibc
package import Objects

extension Scanner {
    /// Scans a capsule's tree in an object database.
    ///
    /// `.failure` when the tree breaks the tree rules, `.verification` when an object is damaged.
    package func scan(tree: ObjectID, in repository: Repository) throws(AmxError) -> ScanReport {
        var run = ScanRun(self)
        for file in try repository.files(ofTree: tree) {
            guard let header = try repository.header(file.id) else {
                throw AmxError(.notFound, "cannot read object \(file.id)", hint: AmxError.damagedStore)
            }
            guard run.admits(file.path, bytes: header.size) else { continue }
            try run.add(ScannedFile(path: file.path, content: repository.read(file.id, as: .blob)))
        }
        return try run.finish()
    }

    /// Scans files that are read one by one; the order is the caller's.
    package func scan(
        _ files: [(path: TreePath, bytes: Int)], _ read: (TreePath) throws(AmxError) -> [UInt8]
    ) throws(AmxError) -> ScanReport {
        var run = ScanRun(self)
        for file in files where run.admits(file.path, bytes: file.bytes) {
            try run.add(ScannedFile(path: file.path, content: read(file.path)))
        }
        return try run.finish()
    }

    /// Scans what a `.kc` file holds, all of which is verified; also gives its digest. `.verification` when it is damaged.
    package func scan(
        container: ContainerReader
    ) throws(AmxError) -> (report: ScanReport, digest: ContentDigest) {
        var run = ScanRun(self)
        let contents = try container.forEachFile { file throws(AmxError) in
            guard run.admits(file.path, bytes: file.size) else { return }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(file.size)
            try file.content { piece in bytes.append(contentsOf: piece) }
            try run.add(ScannedFile(path: file.path, content: bytes))
        }
        return (try run.finish(), contents.digest)
    }

    /// Scans all that is in a folder, ignored files as well: links are never followed.
    ///
    /// What no capsule can hold (links, devices, names that break the tree rules) and what cannot be read is reported as not scanned. `.notFound`
    /// when there is no such folder.
    package func scan(folder: String) throws(AmxError) -> ScanReport {
        guard Directory.isDirectory(folder) else {
            throw AmxError(.notFound, "cannot scan \(folder): it is no folder", hint: "check the path")
        }
        var run = ScanRun(self)
        var files: [(path: TreePath, bytes: Int)] = []
        list(folder, [], &files, &run)
        for file in files.sorted(by: { $0.path < $1.path }) { try add(folder, file.path, bytes: file.bytes, &run) }
        return try run.finish()
    }

    /// Scans a single file under its own name.
    package func scan(file: String) throws(AmxError) -> ScanReport {
        var run = ScanRun(self)
        var files: [(path: TreePath, bytes: Int)] = []
        let folder = Directory.parent(of: file)
        list(folder, name: Array(Directory.name(of: file).utf8), &files, &run)
        for file in files { try add(folder, file.path, bytes: file.bytes, &run) }
        return try run.finish()
    }

    /// Lists the files below a folder.
    private func list(
        _ root: String, _ folder: [UInt8], _ files: inout [(path: TreePath, bytes: Int)], _ run: inout ScanRun
    ) {
        do throws(AmxError) {
            for name in try Directory.names(
                in: folder.isEmpty ? root : "\(root)/\(String(decoding: folder, as: UTF8.self))")
            {
                list(root, name: folder.isEmpty ? name : folder + [0x2F] + name, &files, &run)
            }
        } catch {
            run.skip(Self.unscanned(folder, .unreadable, error.message))
        }
    }

    /// Lists what stands at a path; the tree rules bound how deep this goes.
    private func list(
        _ root: String, name path: [UInt8], _ files: inout [(path: TreePath, bytes: Int)], _ run: inout ScanRun
    ) {
        let checked: TreePath
        do throws(AmxError) {
            checked = try TreePath(bytes: path)
        } catch {
            run.skip(Self.unscanned(path, .notContent, error.message))
            return
        }
        var status = stat()
        guard lstat("\(root)/\(checked.string)", &status) == 0 else {
            run.skip(Self.unscanned(path, .unreadable, String(cString: strerror(errno))))
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: list(root, path, &files, &run)
        case S_IFREG: files.append((checked, Int(clamping: status.st_size)))
        default: run.skip(Self.unscanned(path, .notContent, "only regular files can be content"))
        }
    }

    private func add(_ root: String, _ path: TreePath, bytes: Int, _ run: inout ScanRun) throws(AmxError) {
        guard run.admits(path, bytes: bytes) else { return }
        let content: [UInt8]
        do throws(AmxError) {
            // One byte more than there were tells a file that has grown.
            guard let start = try FileContent.readStart("\(root)/\(path.string)", count: bytes + 1),
                start.count <= bytes
            else {
                run.skip(Self.unscanned(path.bytes, .unreadable, "it changed while it was read"))
                return
            }
            content = start
        } catch {
            run.skip(Self.unscanned(path.bytes, .unreadable, error.message))
            return
        }
        try run.add(ScannedFile(path: path, content: content))
    }

    private static func unscanned(
        _ path: [UInt8], _ reason: UnscannedFile.Reason, _ detail: String
    ) -> UnscannedFile {
        UnscannedFile(
            path: path.isEmpty ? "." : Excerpt.of(String(decoding: path, as: UTF8.self)), bytes: nil, reason: reason,
            detail: Excerpt.of(detail))
    }
}
