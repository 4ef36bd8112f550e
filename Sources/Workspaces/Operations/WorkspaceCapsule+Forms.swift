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
    /// `.conflict` when ignored files would be lost, or files change meanwhile. A capsule that is packed already stays as
    /// it is.
    package func pack() throws(AmxError) -> FormResult {
        try finishPending()
        if let repository = try repository() { try checkNoMerge("pack", in: position(in: repository)) }
        let content = try content()
        let digest = try content.digest()
        if try form() == .directory {
            guard content.ignored.isEmpty else {
                throw AmxError(
                    .conflict,
                    "\(id): packing would lose files that are ignored: \(content.ignored.prefix(3).joined(separator: ", "))",
                    hint: "move or remove them first")
            }
            try validate(content)
            let aside = temporaryPath("pack")
            defer { try? Directory.remove(aside) }
            try Directory.create(workspace.temporaryDirectory)
            _ = try ContainerWriter().write(containerFiles(content), to: aside)
            try convert(to: .packed, digest: digest, from: aside, as: workspace.packedPath(id))
            guard try form() == .packed else {
                throw AmxError(.conflict, "\(id) was changed while it was packed", hint: "run the command again")
            }
        }
        var status = stat()
        guard stat(workspace.packedPath(id), &status) == 0 else {
            throw AmxError.system("cannot read \(workspace.packedPath(id))")
        }
        return FormResult(path: workspace.packedPath(id), digest: digest, size: Int(status.st_size))
    }

    /// Turns the packed form into the directory one. The caller holds the lock.
    package func edit() throws(AmxError) -> FormResult {
        try finishPending()
        if try existingForm() == .packed {
            let aside = temporaryPath("edit")
            defer { try? Directory.remove(aside) }
            try Directory.create(workspace.temporaryDirectory)
            let contents = try ContainerReader(workspace.packedPath(id)).extractCapsule(id, to: aside)
            try convert(to: .directory, digest: contents.digest, from: aside, as: workspace.directoryPath(id))
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

    /// Gives the new form, which lies aside and is durable, its name, and removes the other one.
    private func convert(
        to form: Form, digest: ContentDigest, from aside: String, as path: String
    ) throws(AmxError) {
        guard let inode = Self.inode(of: aside) else { throw AmxError.system("cannot read \(aside)") }
        let conversion = Conversion(to: form, digest: digest, inode: inode)
        try note(conversion.encoded)
        do throws(AmxError) {
            try Directory.renameWithoutReplacing(aside, to: path)
        } catch {
            try removeNote()
            throw error
        }
        try finish(conversion)
    }

    /// Ends a conversion: the old form goes.
    ///
    /// A directory that has been changed since stays, whichever form was wanted, and the `.kc` file goes. Forms that are not
    /// those of the conversion are left alone, which is then reported as a conflict.
    func finish(_ conversion: Conversion) throws(AmxError) {
        let (directory, packed) = (workspace.directoryPath(id), workspace.packedPath(id))
        let isOwn = Self.inode(of: conversion.form == .packed ? packed : directory) == conversion.inode
        if isOwn, Directory.isDirectory(directory), Directory.exists(packed) {
            try Directory.sync(workspace.capsulesDirectory)
            if try ContainerReader(packed).verify().digest.text == conversion.digest {
                let isRemoved = conversion.form == .packed ? try removeDirectory(holding: conversion.digest) : false
                if !isRemoved { try Directory.remove(packed) }
            }
        }
        try Directory.sync(workspace.capsulesDirectory)
        try removeNote()
    }

    /// Removes the directory form if it holds what a digest names and nothing else; false when it doesn't.
    private func removeDirectory(holding digest: String) throws(AmxError) -> Bool {
        guard directoryForm.holdsOnly(digest) else { return false }
        let doomed = temporaryPath("old")
        try Directory.create(workspace.temporaryDirectory)
        try Directory.renameWithoutReplacing(workspace.directoryPath(id), to: doomed)
        let form = directoryForm(at: doomed)
        // Looked at again where no editor finds it any more.
        guard form.holdsOnly(digest) else {
            try Directory.renameWithoutReplacing(doomed, to: workspace.directoryPath(id))
            return false
        }
        try Directory.sync(workspace.capsulesDirectory)
        try Directory.remove(doomed)
        return true
    }

    private static func inode(of path: String) -> UInt64? {
        var status = stat()
        return lstat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    private func temporaryPath(_ label: String) -> String {
        "\(workspace.temporaryDirectory)/\(Directory.temporaryName(label))"
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
