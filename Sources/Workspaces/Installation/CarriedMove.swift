import Capsules
import Objects

/// A repository that comes into the store from where it waits, or goes there.
struct CarriedMove {
    private let from: String
    private let to: String
    private var isDone = false
    /// Whether it was made once, also if it has been taken back since: then there is something to make durable.
    private var wasMade = false

    /// Describes a move between a place beside the store and the store.
    init(_ id: CapsuleID, of workspace: Workspace, from place: HeldRepository) {
        (from, to) = (workspace.repositoryPath(id, place), workspace.repositoryPath(id))
    }

    /// Describes a move out of the store.
    init(_ id: CapsuleID, of workspace: Workspace, to place: HeldRepository) {
        (from, to) = (workspace.repositoryPath(id), workspace.repositoryPath(id, place))
    }

    /// Moves it; durable after ``sync(_:)``.
    mutating func apply() throws(AmxError) {
        try Directory.createDurably(Directory.parent(of: to))
        try Directory.renameWithoutReplacing(from, to: to)
        (isDone, wasMade) = (true, true)
    }

    /// Moves it if it is still where it was: after a process that was killed.
    func finish() throws(AmxError) {
        guard Directory.exists(from), !Directory.exists(to) else { return }
        try Directory.createDurably(Directory.parent(of: to))
        try Directory.renameWithoutReplacing(from, to: to)
        var made = self
        made.wasMade = true
        try Self.sync([made])
    }

    /// Moves it back, if `apply` has moved it; durable after ``sync(_:)``.
    mutating func undo() throws(AmxError) {
        guard isDone else { return }
        try Directory.renameWithoutReplacing(to, to: from)
        isDone = false
    }

    /// Makes moves durable that were made, each folder once.
    static func sync(_ moves: [CarriedMove]) throws(AmxError) {
        let folders = Set(
            moves.filter(\.wasMade).flatMap { [Directory.parent(of: $0.from), Directory.parent(of: $0.to)] })
        for folder in folders.sorted() where Directory.exists(folder) { try Directory.sync(folder) }
    }
}
