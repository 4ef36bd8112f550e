package import Objects
import Versions

/// Reads all releases of one capsule from its repository, with one look at the references.
///
/// A table (``ReleaseTable``) remembers what was read: while no reference has changed it is all that is looked at, and after a change only new
/// tags are read. A value; calls block, so servers make them off the cooperative pool.
package struct ReleaseReader: Sendable {
    private let id: CapsuleID
    private let limits: Limits
    private let memory: ManifestMemory

    /// Reads releases of a capsule.
    package init(_ id: CapsuleID, limits: Limits = .standard, memory: ManifestMemory = .shared) {
        self.id = id
        self.limits = limits
        self.memory = memory
    }

    /// A reference `refs/tags/v<version>`.
    private struct VersionTag {
        let version: SemanticVersion
        let id: ObjectID
    }

    /// Every release of the bare repository at a path, ascending; what cannot be used says so in its ``Release/problem``.
    ///
    /// Other tags than `v` and a semantic version are no releases. `table` is the file that remembers; it is made, replaced or ignored
    /// as needed, and failing to write it is no failure. `.verification` when a tag names another commit than the table knows: then
    /// the table stays as it is. `.notFound` when there is no repository.
    package func releases(in path: String, table: String? = nil) throws(AmxError) -> [Release] {
        let before = table.flatMap { ReleaseTable(at: $0, of: id, limits: limits) }
        if let before, let stamp = before.stamp, stamp.holds(repository: path) { return before.releases }
        // Before the references are looked at: what changes after that must not bear this stamp.
        let stamp = RefFilesStamp(repository: path)
        let tags = try tags(in: path)
        let known = Dictionary((before?.releases ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let fresh = tags.filter { known["v\($0.version.text)"]?.tag != $0.id }
        let readings = try read(fresh, in: path, known: before?.releases ?? [])
        var moved: [MovedRelease] = []
        for reading in readings where reading.isLasting {
            guard let old = known[reading.release.name] else { continue }
            if let found = MovedRelease(id, known: old, now: reading.release) { moved.append(found) }
        }
        if let table, let first = moved.first { throw first.error(others: moved.count - 1, table: table) }
        let kept = tags.compactMap { tag in known["v\(tag.version.text)"].flatMap { $0.tag == tag.id ? $0 : nil } }
        let releases = (kept + readings.map(\.release)).sorted(by: Self.precedes)
        let isChanged = !fresh.isEmpty || kept.count != known.count || before == nil
        if let table, readings.allSatisfy(\.isLasting), isChanged || stamp != nil && stamp != before?.stamp {
            ReleaseTable(of: id, limits: limits, stamp: stamp, releases: releases).write(to: table)
        }
        return releases
    }

    private func tags(in path: String) throws(AmxError) -> [VersionTag] {
        guard Directory.isDirectory(path) else {
            throw AmxError(
                .notFound, "cannot read the releases of \(id): there is no repository \(path)", hint: "check the path")
        }
        return try RefSnapshot.names(in: path).compactMap { ref in
            guard let version = ref.name.suffix(after: "refs/tags/v").flatMap({ SemanticVersion($0) }) else {
                return nil
            }
            return VersionTag(version: version, id: ref.id)
        }
    }

    /// Reads tags that nothing is known of; the repository is only opened where there are any.
    private func read(
        _ tags: [VersionTag], in path: String, known: [Release]
    ) throws(AmxError) -> [TagReader.Reading] {
        guard !tags.isEmpty else { return [] }
        let facts = known.filter { $0.problem == nil }.map { release in
            (release.manifest, ManifestFacts(id, release))
        }
        let reader = TagReader(
            repository: try Repository(opening: path), id: id, limits: limits,
            memory: memory, known: Dictionary(facts, uniquingKeysWith: { first, _ in first }))
        return tags.map { reader.read($0.version, tag: $0.id) }
    }

    /// By version; build metadata has no place in that order, so the text keeps it the same.
    private static func precedes(_ left: Release, _ right: Release) -> Bool {
        if left.version != right.version { return left.version < right.version }
        return left.version.text.utf8.lexicographicallyPrecedes(right.version.text.utf8)
    }
}
