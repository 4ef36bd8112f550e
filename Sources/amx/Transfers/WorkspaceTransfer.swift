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

    /// Throws the failure that the command ends with; call it when the result has been shown.
    func finish(_ output: Output) throws {
        if let note { try output.warn(note) }
        if let failure { throw failure }
    }
}

extension WorkspaceTransfer<TransferResult> {
    /// Pushes the workspace; nil when it has no commit.
    static func push(
        _ leg: TransferLeg, _ options: PushOptions, _ workspace: Workspace, _ display: ProgressDisplay
    ) throws -> WorkspaceTransfer? {
        let files = try workspace.files()
        guard let repository = try files.repository(), try !repository.refs.snapshot().branches.isEmpty else {
            return nil
        }
        return WorkspaceTransfer(leg, rejection: { $0.failure("push") }) {
            try HubClient.Push(
                files.id, from: repository, to: leg.connector().repository(files.id, at: leg.place, kind: .workspace),
                named: leg.remote.name, kind: .workspace, replica: workspace.replica(), options: options
            ).run { display.update(TransferLine.text(files.id, $0)) }
        }
    }
}

extension WorkspaceTransfer<CapsulePull.Pulled> {
    /// Pulls the workspace; `survey` spares the question where it has the answer.
    static func pull(
        _ leg: TransferLeg, _ workspace: Workspace, _ survey: RemoteSurvey?, _ display: ProgressDisplay
    ) throws -> WorkspaceTransfer {
        let files = try workspace.files()
        let isAbsent = survey?.refs?.contains(files.id) == false
        return WorkspaceTransfer(leg, rejection: { $0.transfer.failure("pull") }) {
            if isAbsent { return nil }
            return try WorkspacePull(
                files, from: leg.connector().repository(files.id, at: leg.place, kind: .workspace),
                named: leg.remote.name, options: leg.options()
            ).run(known: survey?.refs?[files.id]) { display.update(TransferLine.text(files.id, $0)) }
        }
    }
}
