package import Objects
import Versions

/// The releases of a repository elsewhere, of which its listing of tags is known and as little as possible is fetched.
///
/// The listing is compared with a table of an earlier one (``ReleaseTable``); what is new there is read from whatever repositories
/// hold parts of it, in as many steps as needed. Reads as ``ReleaseReader`` does. A value; calls block.
package struct ListedReleases {
    private let id: CapsuleID
    private let limits: Limits
    private let memory: ManifestMemory
    private let table: String
    private let before: ReleaseTable?
    private let known: [String: Release]
    private let facts: [ObjectID: ManifestFacts]
    private let isChanged: Bool
    private var found: [Release]
    private var pending: [Pending]
    /// Blobs that are larger than a manifest may be, as the repository's server says.
    private var oversized: Set<ObjectID> = []

    /// A tag of which nothing lasting is known.
    private struct Pending {
        let version: SemanticVersion
        let tag: ObjectID
        /// What has come of it so far.
        var partial: Release?
    }

    /// Compares a listing with the table of an earlier one in a file. Other tags than `v` and a semantic version are no releases.
    ///
    /// A tag without annotation is a release that cannot be used, whatever it names.
    package init(
        of id: CapsuleID, listed tags: [Ref], table: String, limits: Limits = .standard,
        memory: ManifestMemory = .shared
    ) {
        (self.id, self.limits, self.memory, self.table) = (id, limits, memory, table)
        before = ReleaseTable(at: table, of: id, limits: limits)
        let old = before?.releases ?? []
        known = Dictionary(old.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        facts = Dictionary(
            old.filter { $0.problem == nil }.map { release in
                (release.manifest, ManifestFacts(id, release))
            }, uniquingKeysWith: { first, _ in first })
        found = []
        pending = []
        var kept = 0
        var seen: Set<String> = []
        for tag in tags {
            guard let version = tag.name.suffix(after: "refs/tags/v").flatMap({ SemanticVersion($0) }),
                seen.insert(version.text).inserted
            else { continue }
            if let release = known["v\(version.text)"], release.tag == tag.id {
                found.append(release)
                kept += 1
            } else if tag.peeled == nil {
                found.append(
                    Release(
                        version: version, tag: tag.id, commit: .zero, tree: .zero, manifest: .zero, digest: nil,
                        problem: "it is not an annotated tag"))
            } else {
                pending.append(Pending(version: version, tag: tag.id))
            }
        }
        isChanged = before == nil || kept != known.count || kept != seen.count
    }

    /// The tags that are still to be read; nothing needs to be fetched when there are none.
    package var unread: [ObjectID] { pending.map(\.tag) }

    /// The manifests that what was read so far leads to, and that were nowhere; each once.
    package var missingManifests: [ObjectID] {
        var seen: Set<ObjectID> = []
        return pending.compactMap { $0.partial?.manifest }.filter { !$0.isZero && seen.insert($0).inserted }
    }

    /// Reads what a repository has of the tags that are still to be read; its objects have been compared with their ids.
    package mutating func read(_ repository: Repository) {
        let reader = TagReader(
            repository: repository, id: id, limits: limits, memory: memory, known: facts, oversized: oversized)
        pending = pending.compactMap { tag in
            let reading = reader.read(tag.version, tag: tag.tag)
            guard reading.isLasting else {
                var tag = tag
                tag.partial = reading.release
                return tag
            }
            found.append(reading.release)
            return nil
        }
    }

    /// Notes that a manifest is larger than one may be: the releases that have it cannot be used.
    package mutating func refuse(manifest: ObjectID) { oversized.insert(manifest) }

    /// The releases, ascending; what could not be read says so in its ``Release/problem``. The table is brought up to date, where all
    /// could.
    ///
    /// `.verification` when a tag names another commit than the table knows: then the table stays as it is.
    package func finish() throws(AmxError) -> [Release] {
        let moved = found.compactMap { release in
            known[release.name].flatMap { $0.tag == release.tag ? nil : MovedRelease(id, known: $0, now: release) }
        }
        if let first = moved.first { throw first.error(others: moved.count - 1, table: table) }
        let releases = (found + pending.compactMap(\.partial)).sorted(by: ReleaseIndex.precedes)
        if pending.isEmpty {
            if isChanged {
                ReleaseTable(of: id, limits: limits, stamp: nil, releases: releases).write(to: table)
            } else {
                ReleaseTable.confirm(table)
            }
        }
        return releases
    }
}
