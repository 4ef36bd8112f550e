package import Capsules
package import Objects
import Versions

/// A `.kc` file as a repository with one release, from which it is installed like any other.
///
/// The release's commit has no parents and nothing in it but what follows from the content, so that equal content is the same commit in
/// every copy of a workspace. The repository is derived, and kept in the cache. Reading takes all of the file; calls block.
package struct FileRelease: Sendable {
    /// Who stands in the commit and in the tag.
    private static let maker = Signature(name: "Amx", email: "files@localhost", time: 0, offset: 0)

    /// The capsule that the file holds.
    package let id: CapsuleID
    /// The digest of its content.
    package let digest: ContentDigest
    /// The release.
    package let release: Release
    /// The folder that the repository lies in, under the capsule's id.
    package let folder: String

    /// Reads and verifies a file as every door does, and makes the repository where it is missing.
    ///
    /// `.notFound` where there is no such file; `.verification` for one that fails its own checks, `.failure` for what is no capsule.
    package init(_ source: FileSource, in workspace: Workspace) throws(AmxError) {
        let path = workspace.path(of: source)
        guard Directory.exists(path) else {
            throw AmxError(
                .notFound, "cannot find \(source.path), which a capsule is installed from: there is no such file",
                hint: "put it there again, or install the capsule from where it is now: `amx install FILE.kc`")
        }
        let reader = try ContainerReader(path)
        digest = try reader.verifyCapsule().digest
        let manifest = try Manifest.parse(reader.manifestBytes(), file: "\(source.path)/\(Manifest.fileName)")
        id = manifest.id
        folder = "\(workspace.fileCacheDirectory)/\(digest.sha256.hex.prefix(32))"
        if let known = Self.release(of: id, digest, in: folder) {
            release = known
            return
        }
        let temporary = "\(workspace.fileCacheDirectory)/\(Directory.temporaryName(".tmp"))"
        do throws(AmxError) {
            try Self.make(manifest, digest, from: reader, at: "\(temporary)/\(id).git")
            // What is there could not be read.
            if Directory.exists(folder) { try Directory.remove(folder) }
            try Directory.renameWithoutReplacing(temporary, to: folder)
        } catch {
            try? Directory.remove(temporary)
            // Another process may have been faster.
            guard Self.release(of: id, digest, in: folder) != nil else { throw error }
        }
        guard let made = Self.release(of: id, digest, in: folder) else {
            throw AmxError(.failure, "cannot install from \(path): its release cannot be read")
        }
        release = made
    }

    /// The path of the repository.
    package var repositoryPath: String { "\(folder)/\(id).git" }

    /// Whether a tag is one that was made from a file, rather than a release that somebody has made.
    package static func isMade(_ tag: Ref, in repository: Repository) -> Bool {
        guard tag.peeled != nil, let tagger = try? repository.tag(tag.id).tagger else { return false }
        return tagger == maker
    }

    /// The one release that a repository has; nil where it has another, or cannot be read.
    private static func release(of id: CapsuleID, _ digest: ContentDigest, in folder: String) -> Release? {
        let releases = try? ReleaseReader(id).releases(in: "\(folder)/\(id).git")
        guard let release = releases?.first, releases?.count == 1, release.problem == nil, release.digest == digest
        else { return nil }
        return release
    }

    private static func make(
        _ manifest: Manifest, _ digest: ContentDigest, from reader: ContainerReader, at path: String
    ) throws(AmxError) {
        let version = manifest.version.text
        guard let name = RefName(tag: manifest.tagName), let branch = RefName(branch: "main") else {
            throw AmxError(
                .failure,
                "cannot install \(manifest.id) \(version) from a file: git refuses the version as a tag's name",
                hint: "ask for a release with another version")
        }
        let repository = try Repository.create(at: path, isTemporary: true)
        let staging = try ObjectStaging(for: path)
        var files: [FileEntry] = []
        let read = try reader.forEachFile { file throws(AmxError) in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(file.size)
            try file.content { piece in bytes.append(contentsOf: piece) }
            let id = try staging.add(bytes, kind: .blob)
            files.append(FileEntry(path: file.path, mode: file.mode, id: id))
        }
        guard read.digest == digest else {
            throw AmxError(
                .conflict, "cannot install from \(reader.path): it changes while it is read", hint: "run it again")
        }
        let message = Trailers.append(
            ContentDigest.trailer, digest.text, to: "Content of \(manifest.id) \(version)")
        let commit = try staging.add(
            Commit(
                tree: staging.addTree(of: files.sorted { $0.path < $1.path }), parents: [], author: maker,
                committer: maker, message: message
            ).encoded, kind: .commit)
        let tag = try staging.add(
            Tag(target: commit, targetKind: .commit, name: manifest.tagName, tagger: maker, message: message).encoded,
            kind: .tag)
        try staging.publish()
        try repository.refresh()
        try repository.refs.commit([
            RefUpdate(branch, expected: .missing, new: commit), RefUpdate(name, expected: .missing, new: tag),
        ])
    }
}

extension Workspace {
    /// Where a file lies that capsules are installed from.
    package func path(of source: FileSource) -> String { "\(root)/\(source.path)" }

    /// The folder of what was made of files.
    var fileCacheDirectory: String { "\(cacheDirectory)/files" }

    /// Throws unless the signature beside a file meets the policy for its release: `.verification` for a bad one, `.denied` for none that
    /// somebody trusted has made.
    package func checkSignature(of source: FileSource, _ file: FileRelease) throws(AmxError) {
        let policy = try signaturePolicy(of: file.id)
        guard let name = RefName(tag: file.release.name) else { return }
        if let verdict = try signature(of: source, file.id, content: file.digest) {
            return try policy.check(verdict, of: source.path, as: name)
        }
        guard policy.requires(name) else { return }
        throw AmxError(
            .denied, "\(source.path) is not signed, and \(name.string) must be signed by a trusted key",
            hint: "get the file with its signature, which `amx sign` makes, beside it")
    }

    /// The signature beside a file that has a certain content; nil where there is none, or the file has another by now.
    func signature(
        of source: FileSource, _ id: CapsuleID, content digest: ContentDigest
    ) throws(AmxError) -> SignatureVerdict? {
        let path = path(of: source)
        guard Directory.exists(Verification.signaturePath(of: path)), Directory.exists(path) else { return nil }
        let verification = try Verification(file: path, of: id, against: nil, in: self)
        return verification.isIntact && verification.digest == digest ? verification.signature : nil
    }
}
