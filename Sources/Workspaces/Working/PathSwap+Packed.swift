import Objects

extension PathSwap {
    /// Prepares a capsule's `.kc` file with the files of another tree.
    convenience init(
        _ form: PackedForm, to files: [FileEntry], in repository: Repository, temporaryDirectory: String
    ) throws(AmxError) {
        try self.init(at: form.path, to: .file, in: temporaryDirectory, suffix: ".kc")
        try PackedForm(path: newPath, cachePath: form.cachePath).write(files, from: repository)
    }
}
