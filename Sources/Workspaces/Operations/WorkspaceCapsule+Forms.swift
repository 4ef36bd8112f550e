import Capsules
import Glibc
package import Objects

/// A `.kc` file that was written, or the form that a capsule was turned into.
package struct FormResult: Sendable, Hashable {
    /// The file or directory.
    package let path: String
    /// The content's digest.
    package let digest: ContentDigest
    /// The size in bytes: of the file, or of all files of the directory.
    package let size: Int
}

extension WorkspaceCapsule {
    /// Turns the directory form into the packed one. The caller holds the lock.
    ///
    /// `.conflict` when ignored files would be lost. A capsule that is packed already stays as it is.
    package func pack() throws(AmxError) -> FormResult {
        let content = try content()
        if try form() == .directory {
            guard content.ignored.isEmpty else {
                throw AmxError(
                    .conflict,
                    "\(id): packing would lose files that are ignored: \(content.ignored.prefix(3).joined(separator: ", "))",
                    hint: "move or remove them first")
            }
            try validate(content)
            try note(Conversion(to: .packed))
            _ = try ContainerWriter().write(containerFiles(content), to: workspace.packedPath(id))
            try finishConversion(to: .packed)
        }
        var status = stat()
        guard stat(workspace.packedPath(id), &status) == 0 else {
            throw AmxError.system("cannot read \(workspace.packedPath(id))")
        }
        return FormResult(
            path: workspace.packedPath(id), digest: try content.digest(), size: Int(status.st_size))
    }

    /// Turns the packed form into the directory one. The caller holds the lock.
    package func edit() throws(AmxError) -> FormResult {
        if try existingForm() == .packed {
            try Directory.create(workspace.temporaryDirectory)
            let temporary = "\(workspace.temporaryDirectory)/\(Directory.temporaryName("edit"))"
            try ContainerReader(workspace.packedPath(id)).extract(to: temporary)
            try note(Conversion(to: .directory))
            try Directory.renameWithoutReplacing(temporary, to: workspace.directoryPath(id))
            try Directory.sync(workspace.capsulesDirectory)
            try finishConversion(to: .directory)
        }
        let content = try content()
        return FormResult(
            path: workspace.directoryPath(id), digest: try content.digest(),
            size: content.files.reduce(0) { $0 + $1.size })
    }

    /// Writes the working form, or a revision, as a `.kc` file elsewhere.
    package func export(_ revision: String?, to path: String) throws(AmxError) -> FormResult {
        let contents: ContainerContents
        if let revision {
            let repository = try existingRepository()
            let found = try Revision(revision, in: repository, snapshot: repository.refs.snapshot())
            let files = try repository.files(ofTree: repository.commit(found.commit).tree)
            contents = try ContainerWriter().write(repository.containerFiles(files), to: path)
        } else {
            let content = try content()
            try validate(content)
            contents = try ContainerWriter().write(containerFiles(content), to: path)
        }
        return FormResult(path: path, digest: contents.digest, size: contents.fileSize)
    }

    /// Ends a conversion that was begun: removes the other form when both hold the same.
    func finishConversion(to wanted: Form) throws(AmxError) {
        let directory = workspace.directoryPath(id)
        let packed = workspace.packedPath(id)
        if Directory.isDirectory(directory), Directory.exists(packed) {
            let (left, right) = (try directoryForm.content(), try packedForm.content())
            // Left as they are, the two forms are reported as a conflict and nothing is lost.
            if left.entries == right.entries, left.ignored.isEmpty || wanted == .directory {
                try Directory.create(workspace.temporaryDirectory)
                let doomed = "\(workspace.temporaryDirectory)/\(Directory.temporaryName("old"))"
                try Directory.renameWithoutReplacing(wanted == .packed ? directory : packed, to: doomed)
                try Directory.sync(workspace.capsulesDirectory)
                try Directory.remove(doomed)
            }
        }
        try Directory.remove(workspace.pendingPath(id))
    }

    private func note(_ conversion: Conversion) throws(AmxError) {
        try Directory.create(Directory.parent(of: workspace.pendingPath(id)))
        try AtomicFile.write(conversion.encoded, to: workspace.pendingPath(id))
    }

    /// The working form's files as a `.kc` writer takes them.
    private func containerFiles(_ content: WorkingContent) throws(AmxError) -> [ContainerFile] {
        content.files.map { file in
            ContainerFile(path: file.path, mode: file.mode, size: file.size) { sink throws(AmxError) in
                let bytes = try self.bytes(of: file.path)
                try bytes.span.withUnsafeBytes { buffer throws(AmxError) in try sink(buffer) }
            }
        }
    }
}
