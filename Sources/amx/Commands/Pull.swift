import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx pull`.
struct Pull: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch capsules and bring their working forms forward.",
        usage: "amx pull [<remote>] [<id> ...] [--merge]",
        discussion: """
            The current branch moves forward to its upstream, or to the remote's branch of the same name. Diverged branches and \
            uncommitted changes are left alone, with exit status 6; with --merge, diverged branches are merged as \
            `amx merge` and `amx workspace merge` do. A capsule that is not here comes in packed form. Without ids: the workspace itself and every capsule \
            that is here, and those that come with the workspace's amx.lock; or in a capsule's directory that one.

            Example:
              amx pull
              amx pull origin product-catalog
            """)

    @Argument(
        help: ArgumentHelp(
            "The remote, by default the branch's upstream or origin, and capsules.", valueName: "remote> <id"))
    var arguments: [String] = []
    @Flag(help: "Merge branches that have diverged.") var merge = false
    @OptionGroup var signing: SigningOptions
    @OptionGroup var global: GlobalOptions

    private typealias Batch = TransferBatch<CapsulePull.Pulled>

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let place = try Place()
        // What is not installed goes where its branch goes, so nothing goes before that is known.
        let lock = try place.workspace.lock() ?? WorkspaceLock()
        let installed = try place.workspace.operationIDs(of: lock)
        let plan = try TransferPlan(arguments, .fetch, in: place, newIDs: true) {
            !installed.contains($0.id) && Directory.exists($0.workspace.repositoryPath($0.id))
        }
        let display = output.progress()
        var reports: [(leg: TransferLeg, batch: Batch)] = []
        var whole = Batch()
        let surveys = try plan.legs.map { try RemoteSurvey($0, in: place.workspace) }
        let ownLeg = try plan.workspaceLeg(.fetch, in: place)
        let workspaceMerger = try ownLeg == nil ? nil : merger(in: place.workspace)
        let ownPull = try ownLeg.map { leg in
            let index = plan.legs.firstIndex { $0.remote.name == leg.remote.name }
            return try WorkspacePullTransfer(
                leg, place.workspace, index.map { surveys[$0] }, merger: workspaceMerger, display)
        }
        let held = plan.isNamed ? try place.workspace.heldCapsules(among: plan.legs.flatMap(\.ids)) : [:]
        var own = merge ? nil : ownPull?.advance()
        for (leg, survey) in zip(plan.legs, surveys) {
            var batch = try pull(
                leg, survey, place.workspace, held, skipsMissing: !plan.isNamed,
                tellsAll: output.asJSON || plan.isNamed, display)
            batch.suggest(
                among: (plan.named == nil ? place.remoteNames : []) + leg.connector().names(at: leg.place))
            reports.append((leg, batch))
            whole.add(batch)
        }
        // A merge of the workspace records where its capsules are then.
        if merge { own = ownPull?.advance() }
        var come: [CapsuleID] = []
        var finished: [LockedCapsule] = []
        var waiting: Set<CapsuleID> = []
        var locked: LockedCapsules?
        // What keeps releases from coming out is told last, so that what has come is told at all.
        var obstacle: (any Error)?
        do {
            if let ownLeg, let item = own?.item {
                let missing = try LockedCapsules(
                    of: place.workspace, lock: item.isUpToDate ? lock : nil, shared: ownLeg, output)
                locked = missing
                for leg in missing.legs {
                    let batch = try missing.pull(leg, display)
                    reports.append((leg, batch))
                    whole.add(batch)
                    come += batch.items.map(\.transfer.id)
                }
                come += try missing.bringFiles(display)
                finished = try missing.bringOut(come, by: .pull)
            } else if !plan.isNamed {
                finished = try LockedCapsules.bringOutUnfinished(in: place.workspace)
            }
            if !come.isEmpty || !finished.isEmpty {
                waiting = try WaitingApprovals(place.workspace.lock() ?? WorkspaceLock(), in: place.workspace).ids
            }
        } catch {
            obstacle = error
        }
        display.finish()
        let departed = installed.filter { place.workspace.heldPlace($0) == .removed }.sorted()
        for warning in locked?.warnings ?? [] { try output.warn(warning) }
        if own?.item == nil, finished.isEmpty, obstacle == nil { try whole.check(output) }
        try output.confirm(json: Self.json(reports, whole, own, departed, waiting, locked)) { style in
            guard own?.item != nil || !whole.isEmpty || !finished.isEmpty else {
                return "Nothing to pull: name the capsules that should come here"
            }
            let text = try Self.text(
                reports.filter { !$0.batch.isEmpty }, own, in: place.workspace, isNamed: plan.isNamed, style)
            let lines =
                (text.isEmpty ? [] : [text])
                + finished.map { "\(style.bold($0.id.string)) \($0.version) is installed now" }
                + departed.map(MovedCapsule.departureLine)
            return lines.joined(separator: "\n") + (LockedCapsules.note(of: waiting).map { "\n\($0)" } ?? "")
        }
        do {
            try whole.finish(output)
            try own?.finish(output)
        } catch {
            if let obstacle { try output.warn((obstacle as? AmxError)?.message ?? "\(obstacle)") }
            throw error
        }
        if let obstacle { throw obstacle }
    }

    /// Who makes the commits of merges; nil where nothing is to be merged.
    private func merger(in workspace: Workspace) throws(AmxError) -> Identity? {
        guard merge else { return nil }
        return try signing.identity(of: workspace) { (settings) throws(AmxError) in try settings.signsCommits() }
    }

    private func pull(
        _ leg: TransferLeg, _ survey: RemoteSurvey, _ workspace: Workspace, _ held: [CapsuleID: LockedCapsule],
        skipsMissing: Bool, tellsAll: Bool, _ display: ProgressDisplay
    ) throws -> Batch {
        let options = leg.options()
        let merger = try merger(in: workspace)
        let tracking = try workspace.tracking()
        let known = tellsAll ? nil : survey.settled(leg, for: "pull", in: workspace)
        let sorted = survey.sort(leg.ids, known: known, needsForm: true) { id, there in
            CapsulePull.unchanged(
                workspace.capsule(id), there, named: leg.remote.name, options: options, tracking: tracking)
        }
        var rest = leg
        // One that was named is asked for, so that its failure is told.
        rest.ids = skipsMissing ? sorted.rest : sorted.rest + sorted.absent
        var batch = try CapsulePulls(rest, in: workspace, running: merger?.signer == nil ? 4 : 1) { id in
            CapsulePull(
                workspace.capsule(id), named: leg.remote.name, at: "\(leg.place.repository(id.string))",
                options: options, merger: merger, held: held[id])
        }.run(known: survey.refs, skipsMissing: skipsMissing, display)
        batch.add(unchanged: sorted.unchanged)
        batch.add(settled: sorted.settled)
        if skipsMissing { batch.add(absent: sorted.absent, at: leg.place) }
        return batch
    }

    private static func json(
        _ reports: [(leg: TransferLeg, batch: Batch)], _ whole: Batch, _ own: WorkspaceTransfer<CapsulePull.Pulled>?,
        _ departed: [CapsuleID], _ waiting: Set<CapsuleID>, _ locked: LockedCapsules?
    ) -> JSONValue {
        [
            "remote": .optional(reports.first?.leg.remote.name),
            "url": .optional(reports.first?.leg.place.description),
            "pulled": .array(reports.flatMap { leg, batch in batch.items.map { $0.json(from: leg.remote.name) } }),
            "absent": .strings(whole.absent.map(\.string)), "failed": whole.failed,
            "removed": .strings(departed.map(\.string)), "leftOut": locked?.json ?? .array([]),
            "waiting": .strings(waiting.sorted().map(\.string)),
            "workspace": own?.item.map { $0.json(from: own?.leg.remote.name ?? "") } ?? .null,
        ]
    }

    private static func text(
        _ reports: [(leg: TransferLeg, batch: Batch)], _ own: WorkspaceTransfer<CapsulePull.Pulled>?,
        in workspace: Workspace, isNamed: Bool, _ style: Style
    ) throws(AmxError) -> String {
        var lines: [String] = []
        var place: String?
        if let own, let item = own.item, !item.isUpToDate || reports.isEmpty {
            place = own.leg.place.description
            lines.append("From \(own.leg.place)")
            lines +=
                try [item.line(workspace.files(), from: own.leg.remote.name, style)]
                + TransferReport(item.transfer, .fetch).changes(style)
        }
        for (leg, batch) in reports {
            if place != leg.place.description { lines.append("From \(leg.place)") }
            place = leg.place.description
            let shown = batch.items.filter { isNamed || !$0.isUpToDate }
            lines += shown.flatMap {
                [$0.line(workspace.capsule($0.transfer.id), from: leg.remote.name, style)]
                    + TransferReport($0.transfer, .fetch).changes(style)
            }
            let others = batch.settled + batch.items.count - shown.count
            if let rest = TransferReport.summary(ofUpToDate: others) { lines.append(rest) }
        }
        return lines.joined(separator: "\n")
    }
}
