package import Capsules
package import Objects
import Versions

/// The releases of a bundle as a folder of bare repositories, from which they are fetched like any others.
///
/// Everything in it has been checked against the bundle: digests, ids, tags, and that nothing is there which no tag reaches. The folder goes
/// with its owner. Calls block.
package final class BundleStore: Sendable {
    /// The bundle.
    package let reader: BundleReader
    /// The folder, which has a repository for each capsule.
    package let folder: String
    private let limits: Limits

    /// Takes a bundle apart into a folder that is made for it in another one, and is gone when this throws.
    ///
    /// Throws with ``BundleProblems`` as the cause, which has what was found of every release.
    package init(_ reader: BundleReader, in folder: String, limits: Limits = .standard) throws(AmxError) {
        (self.reader, self.folder, self.limits) = (reader, folder, limits)
        var findings: [BundleFinding] = []
        for capsule in reader.bundle.capsules {
            try Interruption.check()
            guard let entry = reader.lock[capsule.id] else { continue }
            do throws(AmxError) {
                try add(capsule, entry)
            } catch {
                if error.code == .interrupted { throw error }
                findings += (error.cause as? BundleProblems)?.findings ?? [BundleFinding(capsule.id.string, error)]
            }
        }
        try BundleProblems.check(findings, "cannot use \(reader.path)")
    }

    deinit { try? Directory.remove(folder) }

    /// Where a capsule's repository lies.
    package func repositoryPath(_ id: CapsuleID) -> String { "\(folder)/\(id).git" }

    private func add(_ capsule: BundledCapsule, _ entry: LockedCapsule) throws(AmxError) {
        let path = repositoryPath(capsule.id)
        let repository = try Repository.create(at: path, isTemporary: true)
        try addContent(capsule, entry, to: repository)
        try repository.refresh()
        let member = try reader.member(capsule.history)
        let receiver = try QuarantineReceiver(into: repository, limits: limits)
        try reader.archive.read(member) { bytes throws(AmxError) in try receiver.receive(bytes) }
        let incoming = try receiver.finish()
        try incoming.check(tips: [capsule.tag])
        let count = incoming.count
        try receiver.publish()
        try repository.refresh()
        try checkRelease(capsule, entry, in: repository)
        let history = try ReleaseHistory(of: capsule.tag, without: entry.tree, in: repository)
        guard history.objects.count == count else {
            throw problem(.unexpected, capsule.history.file, "it has objects that the release does not lead to")
        }
    }

    /// Makes blobs and trees of the `.kc` file.
    private func addContent(
        _ capsule: BundledCapsule, _ entry: LockedCapsule, to repository: Repository
    ) throws(AmxError) {
        let container = try reader.archive.container(reader.member(capsule.content), limits: limits)
        // A capsule's own rules first; the files are then read once more, which a cache makes cheap.
        let digest = try container.verifyCapsule(capsule.id).digest
        guard digest == capsule.digest else {
            throw problem(.damaged, capsule.content.file, "its content is \(digest), and \(capsule.digest) by the lock")
        }
        let manifest = try container.manifestBytes()
        guard SHA256Hasher.hash(of: manifest) == capsule.manifestSHA256 else {
            throw problem(.damaged, capsule.content.file, "its \(Manifest.fileName) is another one")
        }
        guard
            try Manifest.parse(manifest, file: "\(capsule.content.file)/\(Manifest.fileName)").version.text
                == capsule.version.text
        else {
            throw problem(.damaged, capsule.content.file, "its \(Manifest.fileName) has another version")
        }
        let staging = try ObjectStaging(for: repository.path)
        var files: [FileEntry] = []
        try container.forEachFile { file throws(AmxError) in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(file.size)
            try file.content { bytes.append(contentsOf: $0) }
            let id = try staging.add(bytes, kind: .blob)
            files.append(FileEntry(path: file.path, mode: file.mode, id: id))
        }
        let tree = try staging.addTree(of: files.sorted { $0.path < $1.path })
        guard tree == entry.tree else {
            throw problem(
                .damaged, capsule.content.file, "its files make the tree \(tree), and the lock says \(entry.tree)")
        }
        try staging.publish()
    }

    /// Gives the release its name, and reads it as every place that has releases is read.
    private func checkRelease(
        _ capsule: BundledCapsule, _ entry: LockedCapsule, in repository: Repository
    ) throws(AmxError) {
        guard let name = RefName(tag: "v\(capsule.version.text)"), try repository.header(capsule.tag)?.kind == .tag
        else {
            throw problem(.damaged, capsule.history.file, "\(capsule.tag) is no tag of \(capsule.version.text)")
        }
        try repository.refs.commit([RefUpdate(name, expected: .missing, new: capsule.tag)])
        let release = try ReleaseReader(capsule.id, limits: limits).releases(in: repository.path).first
        guard let release, release.commit == capsule.commit, release.tree == entry.tree else {
            throw problem(
                .damaged, capsule.history.file,
                "its tag \(capsule.tag.abbreviated) is not of commit \(capsule.commit.abbreviated)")
        }
        if let reason = release.problem {
            throw problem(.damaged, capsule.history.file, "the release cannot be used: \(reason)")
        }
        guard release.digest ?? capsule.digest == capsule.digest else {
            throw problem(.damaged, capsule.history.file, "its tag states another digest than the content has")
        }
    }

    private func problem(_ code: BundleFinding.Code, _ file: String, _ reason: String) -> AmxError {
        let finding = BundleFinding(code, file, "\(file): \(reason)")
        return AmxError(
            code.errorCode, finding.message, hint: finding.hint, cause: BundleProblems(findings: [finding]))
    }
}
