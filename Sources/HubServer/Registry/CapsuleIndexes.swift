import Capsules
import NIOCore
import Objects
import Synchronization

/// The indexes of capsules, as documents that cost a few `stat` calls while nothing changes.
///
/// A document is remembered by the stamp of its repository's files (``RefFilesStamp``), and behind that by the references
/// themselves, so a pushed branch makes none anew, and whatever moves a release or `refs/amx/meta` shows in the next answer.
/// Calls block. Safe for use by several threads.
final class CapsuleIndexes: Sendable {
    /// How many bytes of documents are remembered.
    static let rememberedBytes = 128 << 20

    /// One answer.
    struct Answer: Sendable {
        /// The document.
        let document: ByteBuffer
        /// Its tag.
        let tag: EntityTag
        /// Whether there are releases.
        let hasReleases: Bool
    }

    private struct Known: Sendable {
        var stamp: RefFilesStamp?
        /// The releases and `refs/amx/meta`: all that the document depends on.
        let refs: [Ref]
        let answer: Answer
        /// What the releases' files have together, by tree.
        let sizes: [ObjectID: UInt64]
        var lastUse: UInt64
    }

    private let store: RepositoryStore
    private let limits: Limits
    private let memory = Mutex<(known: [CapsuleAddress: Known], bytes: Int, uses: UInt64)>(([:], 0, 0))

    init(_ store: RepositoryStore, limits: Limits) {
        self.store = store
        self.limits = limits
    }

    /// Whether there is a repository.
    func contains(_ address: CapsuleAddress) -> Bool { store.contains(address) }

    /// The answer about a repository and whether it is as before; `.notFound` where there is none.
    func answer(of address: CapsuleAddress) throws(AmxError) -> (Answer, isNew: Bool) {
        let path = store.directory.repositoryPath(address)
        let known = memory.withLock { memory in
            memory.uses += 1
            memory.known[address]?.lastUse = memory.uses
            return memory.known[address]
        }
        if let known, let stamp = known.stamp, stamp.holds(repository: path) { return (known.answer, false) }
        let stamp = RefFilesStamp(repository: path)
        let repository = try store.open(address)
        let snapshot = try repository.refs.snapshot()
        let refs = snapshot.refs.filter { $0.name.tag != nil || $0.name == .meta }
        if var known, known.refs == refs {
            known.stamp = stamp
            remember(known, of: address)
            return (known.answer, false)
        }
        var releases = try ReleaseReader(address.name, limits: limits).releases(in: path)
        var sizes = TreeSizes(repository, known: known?.sizes ?? [:])
        releases = releases.map { $0.counted(sizes.size(ofTree: $0.tree)) }
        let index = ReleaseIndex(
            id: address.name, owner: address.owner, releases: releases,
            yanks: try CapsuleMeta(of: repository, snapshot).yanks)
        let bytes = try index.encoded()
        let answer = Answer(
            document: ByteBuffer(bytes: bytes), tag: EntityTag(of: bytes), hasReleases: !index.releases.isEmpty)
        let trees = Set(releases.map(\.tree))
        let kept = sizes.sizes.filter { trees.contains($0.key) }
        remember(Known(stamp: stamp, refs: refs, answer: answer, sizes: kept, lastUse: 0), of: address)
        return (answer, true)
    }

    /// Keeps a document; where all together pass the bound, those that were not asked for the longest go first.
    private func remember(_ new: Known, of address: CapsuleAddress) {
        memory.withLock { memory in
            memory.uses += 1
            var new = new
            new.lastUse = memory.uses
            memory.bytes += new.answer.document.readableBytes
            if let old = memory.known.updateValue(new, forKey: address) {
                memory.bytes -= old.answer.document.readableBytes
            }
            guard memory.bytes > Self.rememberedBytes else { return }
            for (address, old) in memory.known.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                guard memory.bytes > Self.rememberedBytes / 4 * 3 else { break }
                memory.known[address] = nil
                memory.bytes -= old.answer.document.readableBytes
            }
        }
    }
}
