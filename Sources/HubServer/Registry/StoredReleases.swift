import Capsules
import Objects
import Versions

/// Reads the releases of one repository from its tags and their manifests. Blocking; used by one thread.
struct StoredReleases {
    private let repository: Repository
    private let id: CapsuleID

    init(_ repository: Repository, of id: CapsuleID) {
        self.repository = repository
        self.id = id
    }

    /// The releases among the references; what is no annotated tag of a version is passed over.
    func all(_ refs: RefSnapshot) throws(AmxError) -> [Release] {
        var releases: [Release] = []
        for ref in refs.tags {
            guard let name = ref.name.tag, name.hasPrefix("v"), let commit = ref.peeled,
                let version = SemanticVersion(String(name.dropFirst()))
            else { continue }
            releases.append(try release(version, ref.id, commit))
        }
        return releases
    }

    private func release(
        _ version: SemanticVersion, _ tag: ObjectID, _ id: ObjectID
    ) throws(AmxError) -> Release {
        let commit = try repository.commit(id)
        let name = Array(Manifest.fileName.utf8)
        let stated =
            Trailers.values(of: ContentDigest.trailer, in: try repository.tag(tag).message)
            + Trailers.values(of: ContentDigest.trailer, in: commit.message)
        let digest = stated.lazy.compactMap { ContentDigest($0) }.first
        var manifest = ObjectID.zero
        var dependencies: [Dependency] = []
        var problem: String?
        var size: UInt64 = 0
        for file in try repository.files(ofTree: commit.tree) {
            if file.path.bytes == name { manifest = file.id }
            size &+= UInt64(try repository.header(file.id)?.size ?? 0)
        }
        do throws(AmxError) {
            guard !manifest.isZero else { throw AmxError(.failure, "it has no \(Manifest.fileName)") }
            let parsed = try Manifest.parse(repository.read(manifest, as: .blob))
            dependencies = parsed.dependencies
            if parsed.id != self.id {
                problem = "its manifest is that of \(parsed.id)"
            } else if parsed.version.text != version.text {
                problem = "its manifest has version \(parsed.version.text)"
            }
        } catch {
            problem = error.message
        }
        return Release(
            version: version, tag: tag, commit: id, tree: commit.tree, manifest: manifest, digest: digest,
            dependencies: dependencies, size: size, problem: problem)
    }
}
