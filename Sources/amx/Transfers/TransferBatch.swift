import Capsules
import HubClient
import Objects
import Synchronization
import Workspaces

/// Does the same with several capsules of one remote, some at a time, so that one's failure does not hide what became of the
/// others.
struct TransferBatch<Item: Sendable>: Sendable {
    /// How many capsules are on their way at once.
    static var threads: Int { 4 }
    /// How many may be begun and not ended where most of them wait for the disk.
    static var groupThreads: Int { 32 }

    /// What came of those that went through, in the order of their ids.
    private(set) var items: [Item] = []
    /// How many others had nothing to do, which was known without a look at their references.
    private(set) var settled = 0
    /// Capsules that the remote does not have, where none was asked for by name.
    private(set) var absent: [CapsuleID] = []
    /// Capsules that failed, and why.
    private(set) var failures: [(id: CapsuleID, error: AmxError)] = []
    private var rejections: [AmxError] = []
    private var missing: AmxError?

    /// What became of one capsule.
    private enum Outcome: Sendable {
        case item(Item)
        case failed(AmxError)
    }

    private struct State {
        var next = 0
        var outcomes: [Int: Outcome] = [:]
        var hasEnded = false
    }

    /// A batch of nothing, to which others are added.
    init() {}

    /// A batch that a failure of the whole place ended before it began.
    init(_ leg: TransferLeg, endedBy failure: AmxError) { failures = leg.ids.prefix(1).map { ($0, failure) } }

    /// Runs through the capsules, on several threads.
    ///
    /// A failure of the whole place (a broken network, a refused token) ends it: the next capsule would fare no better. Any
    /// other concerns its own capsule. With `skipsMissing`, a capsule that the remote does not have is passed over.
    /// `rejection` turns an item into a failure that still counts as a result; `verb` says what is done, for messages. Many
    /// capsules that `workspace` gets or gives are synced together, which takes more threads, most of which wait.
    init(
        _ leg: TransferLeg, verb: String, in workspace: Workspace? = nil, after done: Int = 0, of all: Int? = nil,
        skipsMissing: Bool, display: ProgressDisplay,
        rejection: (Item) -> AmxError? = { _ in nil },
        _ body: @escaping @Sendable (RemoteConnector, CapsuleID, (TransferProgress) -> Void) throws -> Item
    ) {
        let ids = leg.ids
        let shared = Shared(State())
        let group = workspace.flatMap { ids.count < SyncGroup.leastItems ? nil : leg.syncGroup(with: $0) }
        WorkerThreads.run(min(group == nil ? Self.threads : Self.groupThreads, ids.count)) {
            let connector = leg.connector()
            while let index = shared.take(ids.count) {
                let place = (all ?? ids.count) > 1 ? "[\(done + index + 1)/\(all ?? ids.count)] " : ""
                let work = {
                    do {
                        let item = try body(connector, ids[index]) { progress in
                            display.update("\(place)\(TransferLine.text(ids[index], progress))")
                        }
                        shared.put(.item(item), at: index)
                    } catch {
                        shared.put(.failed(Self.named(error, ids[index], verb)), at: index)
                    }
                }
                if let group { group.perform(running: Self.threads, work) } else { work() }
            }
        }
        for (index, outcome) in shared.outcomes() {
            switch outcome {
            case .item(let item):
                items.append(item)
                if let rejected = rejection(item) { rejections.append(rejected) }
            case .failed(let error) where error.code == .notFound && skipsMissing:
                absent.append(ids[index])
                missing = missing ?? error
            case .failed(let error): failures.append((ids[index], error))
            }
        }
    }

    /// Goes on with the items while the workspace's lock is held: several at a time, each on its own working form.
    ///
    /// What fails there is a failure of its capsule. `id` says which one an item is of.
    func advanced<Next: Sendable>(
        _ verb: String, in workspace: Workspace, running: Int, id: @escaping @Sendable (Item) -> CapsuleID,
        rejection: (Next) -> AmxError?, _ body: @escaping @Sendable (Item) throws(AmxError) -> Next
    ) -> TransferBatch<Next> {
        typealias Outcome = Result<Next, AmxError>
        var outcomes: [Outcome] = []
        do throws(AmxError) {
            if !items.isEmpty {
                outcomes = try workspace.write { () throws(AmxError) in
                    SyncGroup(on: workspace.syncedFolders).map(items, running: running) { item -> Outcome in
                        do throws(AmxError) { return .success(try body(item)) } catch { return .failure(error) }
                    }
                }
            }
        } catch {
            // Without the lock, the others would fare no better.
            outcomes = items.prefix(1).map { _ in .failure(error) }
        }
        var next = TransferBatch<Next>()
        (next.absent, next.failures, next.missing) = (absent, failures, missing)
        for (item, outcome) in zip(items, outcomes) {
            switch outcome {
            case .success(let result):
                next.items.append(result)
                if let rejected = rejection(result) { next.rejections.append(rejected) }
            case .failure(let error):
                next.failures.append((id(item), Self.named(error, id(item), verb)))
            }
        }
        return next
    }

    /// Adds what became of other capsules.
    mutating func add(_ other: TransferBatch) {
        items += other.items
        settled += other.settled
        absent += other.absent
        failures += other.failures
        rejections += other.rejections
        missing = missing ?? other.missing
    }

    /// Adds items that needed no transfer, in front of the others.
    mutating func add(unchanged: [Item]) { items = unchanged + items }

    /// Adds capsules of which nothing is told but their number.
    mutating func add(settled count: Int) { settled += count }

    /// Whether nothing came of any capsule, not even that it is up to date.
    var isEmpty: Bool { items.isEmpty && settled == 0 }

    /// Adds capsules that the remote is known not to have; nobody named them.
    mutating func add(absent ids: [CapsuleID], at place: RemoteURL) {
        guard let first = ids.first else { return }
        absent = ids + absent
        missing =
            missing
            ?? AmxError(
                .notFound, "cannot find \(place.repository(first.string)): \(place) has no such capsule",
                hint: "check the address with `amx remote list`")
    }

    /// Says of capsules that were not found which names may have been meant; `names` are those that there are.
    mutating func suggest(among names: @autoclosure () -> [String]) {
        guard failures.contains(where: { $0.error.code == .notFound }) else { return }
        let names = names()
        for (index, (id, error)) in failures.enumerated() where error.code == .notFound {
            guard let hint = NearNames.hint(for: id.string, among: names) else { continue }
            failures[index].error = AmxError(error.code, error.message, hint: hint, cause: error.cause)
        }
    }

    /// Whether it was ended by a failure that the next capsule would meet as well.
    var hasEnded: Bool { failures.contains { $0.error.concernsPlace || $0.error.code == .interrupted } }

    /// Whether nothing failed and nothing was rejected.
    var isClean: Bool { failures.isEmpty && rejections.isEmpty }

    /// One of the failures, where there are any.
    var firstFailure: AmxError? { failures.first?.error ?? rejections.first }

    /// The failed capsules, for `--json`.
    var failed: JSONValue {
        .array(
            failures.map { id, error in
                [
                    "id": .string(id.string), "code": .string(error.code.name), "message": .string(error.message),
                    "hint": .optional(error.hint),
                ]
            })
    }

    /// Throws the failure that the command ends with, if there is one, and warns of the others; call it when the result has
    /// been shown.
    func finish(_ output: Output) throws {
        var errors = failures.map(\.error) + rejections
        // Where nothing at all was found, the address is wrong.
        if isEmpty, errors.isEmpty, let missing { errors = [missing] }
        let last = errors.firstIndex { $0.code == .interrupted } ?? errors.startIndex
        for (index, error) in errors.enumerated() where index != last {
            try output.warn(error.message, isInResult: true)
        }
        if !errors.isEmpty { throw errors[last] }
    }

    /// Throws the failure when there is no result to show.
    func check(_ output: Output) throws {
        if isEmpty { try finish(output) }
    }

    /// Makes sure that an error says which capsule it is about.
    private static func named(_ error: any Error, _ id: CapsuleID, _ verb: String) -> AmxError {
        guard let error = error as? AmxError else {
            return AmxError(.failure, "cannot \(verb) \(id): \(error)")
        }
        let words = error.message.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }
        let isNamed = words.contains { $0 == id.string[...] || $0 == "\(id).git" || $0 == "\(id)." }
        guard !isNamed, !error.concernsPlace, error.code != .interrupted else { return error }
        return AmxError(
            error.code, "cannot \(verb) \(id): \(error.message)", hint: error.hint, cause: error.cause)
    }

    /// What the threads of a batch share.
    private final class Shared: Sendable {
        private let state: Mutex<State>

        init(_ state: State) { self.state = Mutex(state) }

        /// The next capsule's place in the list; nil at the end.
        func take(_ count: Int) -> Int? {
            state.withLock { state in
                guard state.next < count, !state.hasEnded else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        func put(_ outcome: Outcome, at index: Int) {
            state.withLock { state in
                // One error tells of the place; the other threads meet the same.
                if case .failed(let error) = outcome, error.concernsPlace || error.code == .interrupted {
                    guard !state.hasEnded else { return }
                    state.hasEnded = true
                }
                state.outcomes[index] = outcome
            }
        }

        func outcomes() -> [(Int, Outcome)] {
            state.withLock { state in state.outcomes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
        }
    }
}
