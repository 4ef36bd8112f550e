import Capsules
import Objects
import Synchronization

/// The refs of all of an owner's repositories, as one document that costs three `stat` calls a repository while nothing changes.
///
/// Lines are remembered by the stamps of their files (``RefFilesStamp``), so whatever changes a ref, a push or another
/// tool, shows in the next answer. Each repository is seen at one moment; different ones may be seen at different moments.
/// Calls block. Safe for use by several threads.
final class OwnerRefs: Sendable {
    /// The most bytes of one answer; a client bounds what it reads likewise.
    static let answerBytes = 256 << 20
    /// How many bytes of lines are remembered for all owners together.
    static let rememberedBytes = 128 << 20

    private struct Known: Sendable {
        let stamp: RefFilesStamp
        let line: [UInt8]
    }

    private struct Memory {
        var owners: [OwnerName: [CapsuleID: Known]] = [:]
        var bytes: [OwnerName: Int] = [:]
    }

    private let store: RepositoryStore
    private let memory = Mutex(Memory())

    init(_ store: RepositoryStore) { self.store = store }

    /// The lines of all repositories, by name. `.failure` when they are more than ``answerBytes``.
    func document(of owner: OwnerName) throws(AmxError) -> [UInt8] {
        let known = memory.withLock { $0.owners[owner] ?? [:] }
        var kept: [CapsuleID: Known] = [:]
        var document: [UInt8] = []
        for address in try store.addresses(of: owner) {
            let stamp = RefFilesStamp(repository: store.directory.repositoryPath(address))
            let line: [UInt8]
            if let stamp, let known = known[address.name], known.stamp == stamp {
                kept[address.name] = known
                line = known.line
            } else {
                line = read(address)
                if let stamp { kept[address.name] = Known(stamp: stamp, line: line) }
            }
            guard document.count + line.count <= Self.answerBytes else {
                throw AmxError(
                    .failure,
                    "the refs of \(owner) are more than fit into one answer: the limit is \(Self.answerBytes) bytes",
                    hint: "ask each repository for its own refs, as `git ls-remote` does")
            }
            document += line
        }
        remember(kept, of: owner)
        return document
    }

    private func read(_ address: CapsuleAddress) -> [UInt8] {
        do throws(AmxError) {
            return RefsLine.encode(address.name, try store.open(address).refs.snapshot())
        } catch {
            return RefsLine.unreadable(address.name)
        }
    }

    /// Keeps what was seen last, within the bound; an owner that would pass it is not remembered.
    private func remember(_ kept: [CapsuleID: Known], of owner: OwnerName) {
        let bytes = kept.values.reduce(0) { $0 + $1.line.count }
        memory.withLock { memory in
            let others = memory.bytes.reduce(0) { $0 + ($1.key == owner ? 0 : $1.value) }
            guard others + bytes <= Self.rememberedBytes else {
                memory.owners[owner] = nil
                memory.bytes[owner] = nil
                return
            }
            memory.owners[owner] = kept
            memory.bytes[owner] = bytes
        }
    }
}
