import Capsules
import HubClient
import Objects
import Workspaces

/// The push or pull of the workspace itself, beside those of its capsules.
struct WorkspaceTransfer<Item> {
    /// The remote.
    let leg: TransferLeg
    /// What came of it; nil where there is nothing to do, or the remote has no such workspace.
    let item: Item?
    private let failure: AmxError?
    private let note: String?

    /// Does it; what goes wrong is kept until ``finish(_:)``.
    init(_ leg: TransferLeg, rejection: (Item) -> AmxError?, _ body: () throws -> Item?) {
        self.leg = leg
        do {
            item = try body()
            failure = item.flatMap(rejection)
            note = nil
        } catch let error as AmxError where error.code == .notFound {
            // A plain git server may have the capsules and no place for the workspace.
            (item, failure) = (nil, nil)
            note = "the workspace itself was left out: \(error.message)"
        } catch {
            (item, note) = (nil, nil)
            failure = error as? AmxError ?? AmxError(.failure, "\(error)")
        }
    }

    /// Goes on with what was done, if it was.
    func then<Next>(rejection: (Next) -> AmxError?, _ body: (Item) throws -> Next?) -> WorkspaceTransfer<Next> {
        guard failure == nil, let item else { return WorkspaceTransfer<Next>(leg, nil, failure, note) }
        return WorkspaceTransfer<Next>(leg, rejection: rejection) { try body(item) }
    }

    fileprivate init(_ leg: TransferLeg, _ item: Item?, _ failure: AmxError?, _ note: String?) {
        (self.leg, self.item, self.failure, self.note) = (leg, item, failure, note)
    }

    /// Throws the failure that the command ends with; call it when the result has been shown.
    func finish(_ output: Output) throws {
        if let note { try output.warn(note) }
        if let failure { throw failure }
    }
}

extension WorkspaceTransfer<TransferResult> {
    /// Pushes the workspace; nil when it has no commit.
    ///
    /// Refused with `.conflict` when its lock names commits that are not there; `pushed` are those that this command has brought.
    static func push(
        _ leg: TransferLeg, _ options: PushOptions, _ workspace: Workspace, pushed: [CapsuleID: [ObjectID]],
        _ display: ProgressDisplay
    ) throws -> WorkspaceTransfer? {
        let files = try workspace.files()
        guard let here = try files.repository()?.refs.snapshot(), !here.branches.isEmpty else { return nil }
        return WorkspaceTransfer(leg, rejection: { $0.failure("push") }) {
            // What has happened up to now goes with it.
            try workspace.foldEvents()
            return try HubClient.Push(
                files.id, from: files.existingRepository(),
                to: leg.connector().repository(files.id, at: leg.place, kind: .workspace),
                named: leg.remote.name, kind: .workspace, replica: workspace.replica(), options: options
            ).run(progress: { display.update(TransferLine.text(files.id, $0)) }) { there in
                guard let branch = here.head.branch, let head = here[branch]?.id, there[branch] != head else { return }
                if let lacking = try UnpublishedCapsule.first(
                    of: head, files, remote: leg.remote.name, pushed: pushed)
                {
                    throw lacking.error(files.id)
                }
            }
        }
    }
}

/// The pull of the workspace itself, whose files come forward before its capsules are pulled, or with a merge afterwards.
struct WorkspacePullTransfer {
    private let leg: TransferLeg
    private let pull: WorkspacePull
    private let files: WorkspaceFiles
    /// What came of the fetch.
    let fetched: WorkspaceTransfer<TransferResult>

    /// Fetches; `survey` spares the question where it has the answer.
    init(
        _ leg: TransferLeg, _ workspace: Workspace, _ survey: RemoteSurvey?, merger: Identity?, prunes: Bool = false,
        _ display: ProgressDisplay
    ) throws {
        let files = try workspace.files()
        let pull = try WorkspacePull(
            files, from: leg.connector().repository(files.id, at: leg.place, kind: .workspace),
            named: leg.remote.name, options: leg.options(prunes: prunes), merger: merger)
        let known = survey?.refs?.only(files.id)
        let isAbsent = known == nil && survey?.refs?.contains(files.id) == false
        (self.leg, self.files, self.pull) = (leg, files, pull)
        fetched = WorkspaceTransfer(leg, rejection: { $0.failure("fetch") }) {
            if isAbsent { return nil }
            return try pull.fetch(known: known) { display.update(TransferLine.text(files.id, $0)) }
        }
    }

    /// Brings the files forward.
    func advance() -> WorkspaceTransfer<CapsulePull.Pulled> {
        fetched.then(rejection: { $0.failure(files) }) { try pull.advance($0) }
    }
}
