import Capsules
import Objects
import Wire
import Workspaces

/// Takes one push into a repository of this machine, with the checks of a hub.
struct LocalReceive {
    private let repository: Repository
    private let remote: LocalRemote
    private let limits: Limits

    /// Why a branch with a working form does not move: its files would not follow.
    static let isCurrent = "it is the current branch there"

    init(_ repository: Repository, of remote: LocalRemote, limits: Limits) {
        self.repository = repository
        self.remote = remote
        self.limits = limits
    }

    /// Receives the pack, checks it, publishes it and moves the references that pass, all of these together.
    func run(
        _ commands: [PushCommand], progress: (TransferProgress) -> Void,
        pack: (_ sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void) throws(AmxError) -> Void
    ) throws(AmxError) -> PushReport {
        var reasons: [String: String] = [:]
        let here = try repository.refs.snapshot()
        let current = try remote.currentBranch(of: repository)
        var updates: [RefUpdate] = []
        for command in commands {
            switch update(command, here, current: current) {
            case .success(let update): updates.append(update)
            case .failure(let refusal): reasons[command.name] = refusal.reason
            }
        }
        if !updates.isEmpty {
            // As git's `receive-pack`: nothing but deletions comes without a pack.
            let hasPack = commands.contains { !$0.isDeletion }
            var intake = try PackIntake(into: repository, limits: limits)
            if hasPack { try pack { bytes throws(AmxError) in try intake.receive(bytes, progress: { _ in }) } }
            let incoming =
                hasPack
                ? try intake.finish(tips: updates.compactMap(\.new), progress: progress)
                : try IncomingObjects(repository: repository, limits: limits)
            updates = try checked(updates, in: incoming, here, reasons: &reasons)
            if !updates.isEmpty {
                if hasPack { try intake.publish() }
                if here.branches.isEmpty, let branch = Self.defaultBranch(updates) {
                    try repository.refs.setHead(branch)
                }
                try repository.refs.commit(updates)
            }
        }
        return PushReport(
            results: commands.map { command in
                PushReport.RefResult(command.name, reasons[command.name].map { .rejected($0) } ?? .ok)
            })
    }

    /// The branch that a repository's first push makes the current one: `main`, or the first one pushed.
    private static func defaultBranch(_ updates: [RefUpdate]) -> RefName? {
        let branches = updates.map(\.name).filter { $0.branch != nil }
        return branches.first { $0.branch == "main" } ?? branches.first
    }

    private struct Refusal: Error {
        let reason: String
    }

    /// The update that a command asks for, or why it is out of the question whatever the pack holds.
    private func update(
        _ command: PushCommand, _ here: RefSnapshot, current: RefName?
    ) -> Result<RefUpdate, Refusal> {
        guard let name = RefName(command.name) else {
            return .failure(Refusal(reason: "it is not a well-formed name of a reference"))
        }
        guard name != current else {
            return .failure(Refusal(reason: Self.isCurrent))
        }
        guard here[name]?.id == (command.old.isZero ? nil : command.old) else {
            return .failure(Refusal(reason: "stale info: it has changed since it was read"))
        }
        return .success(
            RefUpdate(
                name, expected: command.old.isZero ? .missing : .id(command.old),
                new: command.isDeletion ? nil : command.new))
    }

    /// The updates that the pack's content allows.
    private func checked(
        _ updates: [RefUpdate], in incoming: IncomingObjects, _ here: RefSnapshot, reasons: inout [String: String]
    ) throws(AmxError) -> [RefUpdate] {
        let signatures = try remote.workspace?.receivingPolicy(of: remote.id) ?? .none
        let policy = IncomingPolicy(incoming, of: remote.id, signatures: signatures)
        // Whether history may be replaced is the sender's decision, made against what it knows is here.
        let refusals = policy.refusals(of: updates, in: here)
        for (name, error) in refusals { reasons[name.string] = error.message }
        return updates.filter { refusals[$0.name] == nil }
    }
}
