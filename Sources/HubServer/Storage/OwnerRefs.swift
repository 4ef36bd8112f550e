import Capsules
import Objects
import Synchronization

/// The refs of all of an owner's repositories, as one document that costs three `stat` calls a repository while nothing changes.
///
/// Lines are remembered by the stamps of their files (``RefFilesStamp``), so whatever changes a ref, a push or another
/// tool, shows in the next answer. Each repository is seen at one moment; different ones may be seen at different moments.
/// Calls block, and use several threads for owners with many repositories. Safe for use by several threads.
final class OwnerRefs: Sendable {
    /// The most bytes of one answer; a client bounds what it reads likewise.
    static let answerBytes = 256 << 20
    /// How many bytes of documents are remembered for all owners together.
    static let rememberedBytes = 128 << 20

    /// One answer.
    struct Answer: Sendable {
        /// A line for each repository, by name.
        let document: [UInt8]
        /// The tag of the document.
        let tag: EntityTag
        fileprivate let repositories: [Known]
    }

    /// A repository of an answer.
    fileprivate struct Known: Sendable {
        let name: CapsuleID
        let stamp: RefFilesStamp?
        let line: Range<Int>
    }

    /// What a look at a repository has found: that it is as before, or how it is now.
    private enum Look: Sendable {
        case same(Known)
        case read(RefFilesStamp?, line: [UInt8])
    }

    private let store: RepositoryStore
    private let memory = Mutex<[OwnerName: Answer]>([:])

    init(_ store: RepositoryStore) { self.store = store }

    /// The answer about an owner. `.failure` when its document has more than ``answerBytes``.
    func answer(of owner: OwnerName) throws(AmxError) -> Answer {
        let known = memory.withLock { $0[owner] }
        let addresses = try store.addresses(of: owner)
        let looks = look(at: addresses, known)
        if let known, known.repositories.count == looks.count,
            looks.allSatisfy({ if case .same = $0 { true } else { false } })
        {
            return known
        }
        var document: [UInt8] = []
        var repositories: [Known] = []
        for (address, look) in zip(addresses, looks) {
            let start = document.count
            let stamp: RefFilesStamp?
            switch look {
            case .same(let repository):
                stamp = repository.stamp
                document += known?.document[repository.line] ?? []
            case .read(let fresh, let line):
                stamp = fresh
                document += line
            }
            guard document.count <= Self.answerBytes else { throw Self.tooLarge(owner) }
            repositories.append(Known(name: address.name, stamp: stamp, line: start..<document.count))
        }
        let answer = Answer(document: document, tag: EntityTag(of: document), repositories: repositories)
        remember(answer, of: owner)
        return answer
    }

    /// Looks at every repository.
    private func look(at addresses: [CapsuleAddress], _ known: Answer?) -> [Look] {
        let before = known?.repositories ?? []
        var pairs: [(address: CapsuleAddress, known: Known?)] = []
        if addresses.map(\.name) == before.map(\.name) {
            pairs = zip(addresses, before).map { ($0, $1) }
        } else {
            let byName = Dictionary(before.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            pairs = addresses.map { ($0, byName[$0.name]) }
        }
        return WorkerThreads.map(pairs, threads: 4) { [store] address, known in
            let path = store.directory.repositoryPath(address)
            if let known, let stamp = known.stamp, stamp.holds(repository: path) { return .same(known) }
            return .read(RefFilesStamp(repository: path), line: Self.line(of: address, at: path, in: store))
        }
    }

    /// A repository's line; the repository itself is only opened where its files alone do not tell.
    private static func line(of address: CapsuleAddress, at path: String, in store: RepositoryStore) -> [UInt8] {
        if let snapshot = RefSnapshot(unopened: path) { return RefsLine.encode(address.name, snapshot) }
        do throws(AmxError) {
            return RefsLine.encode(address.name, try store.open(address).refs.snapshot())
        } catch {
            return RefsLine.unreadable(address.name)
        }
    }

    /// Keeps what was seen last, within the bound; an owner that would pass it is not remembered.
    private func remember(_ answer: Answer, of owner: OwnerName) {
        memory.withLock { memory in
            let others = memory.reduce(0) { $0 + ($1.key == owner ? 0 : $1.value.document.count) }
            memory[owner] = others + answer.document.count <= Self.rememberedBytes ? answer : nil
        }
    }

    private static func tooLarge(_ owner: OwnerName) -> AmxError {
        AmxError(
            .failure, "the refs of \(owner) are more than fit into one answer: the limit is \(answerBytes) bytes",
            hint: "ask each repository for its own refs, as `git ls-remote` does")
    }
}
