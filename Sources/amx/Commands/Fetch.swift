import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx fetch`.
struct Fetch: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Get a remote's branches and releases, and change nothing else.",
        usage: "amx fetch [<remote>] [<id> ...] [--prune]",
        discussion: """
            The remote's branches become REMOTE/BRANCH here, for `amx diff` and `amx status` to compare with. Without ids: every \
            capsule that is here and the workspace itself, or in a capsule's directory that one.

            Example:
              amx fetch origin customer-service
              amx diff customer-service main origin/main
            """)

    @Argument(
        help: ArgumentHelp(
            "The remote, by default the branch's upstream or origin, and capsules.", valueName: "remote> <id"))
    var arguments: [String] = []
    @Flag(name: .shortAndLong, help: "Forget remote branches that are gone there.") var prune = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let place = try Place()
        let installed = try place.workspace.installedIDs()
        let plan = try TransferPlan(arguments, .fetch, in: place) {
            !installed.contains($0.id) && Directory.exists($0.workspace.repositoryPath($0.id))
        }
        let display = output.progress()
        var reports: [(leg: TransferLeg, batch: TransferBatch<TransferResult>)] = []
        var whole = TransferBatch<TransferResult>()
        let surveys = try plan.legs.map { try RemoteSurvey($0, in: place.workspace) }
        let own = try plan.workspaceLeg(.fetch, in: place).map { leg in
            let index = plan.legs.firstIndex { $0.remote.name == leg.remote.name }
            return try WorkspacePullTransfer(
                leg, place.workspace, index.map { surveys[$0] }, merger: nil, prunes: prune, display
            ).fetched
        }
        for (leg, survey) in zip(plan.legs, surveys) {
            let batch = try fetch(
                leg, survey, place.workspace, skipsMissing: !plan.isNamed, tellsAll: output.asJSON || plan.isNamed,
                display)
            reports.append((leg, batch))
            whole.add(batch)
        }
        display.finish()
        if own?.item == nil { try whole.check(output) }
        try output.confirm(json: Self.json(reports, whole, own)) { style in
            Self.text(reports, own, isNamed: plan.isNamed, style)
        }
        try whole.finish(output)
        try own?.finish(output)
    }

    private func fetch(
        _ leg: TransferLeg, _ survey: RemoteSurvey, _ workspace: Workspace, skipsMissing: Bool, tellsAll: Bool,
        _ display: ProgressDisplay
    ) throws -> TransferBatch<TransferResult> {
        let options = leg.options(prunes: prune)
        // What a fetch removes depends on the command, too.
        let known = tellsAll || prune ? nil : survey.settled(leg, for: "fetch", in: workspace)
        let sorted = survey.sort(leg.ids, known: known, needsForm: false) { id, there in
            RefSnapshot(unopened: workspace.repositoryPath(id)).flatMap {
                HubClient.Fetch.unchanged(id, there, $0, named: leg.remote.name, options: options)
            }
        }
        var rest = leg
        // One that was named is asked for, so that its failure is told.
        rest.ids = skipsMissing ? sorted.rest : sorted.rest + sorted.absent
        var batch = TransferBatch(
            rest, verb: "fetch", in: workspace, skipsMissing: skipsMissing, display: display,
            rejection: { $0.failure("fetch") }
        ) { connector, id, progress in
            let repository = try workspace.capsule(id).existingRepository()
            let remote = try connector.repository(id, at: leg.place)
            return try HubClient.Fetch(
                id, from: remote, named: leg.remote.name, into: repository, options: options,
                sightings: ReleaseSightings(workspace, id, from: remote.location)
            ).run(progress: progress)
        }
        batch.add(unchanged: sorted.unchanged)
        batch.add(settled: sorted.settled)
        if skipsMissing { batch.add(absent: sorted.absent, at: leg.place) }
        return batch
    }

    private static func json(
        _ reports: [(leg: TransferLeg, batch: TransferBatch<TransferResult>)], _ whole: TransferBatch<TransferResult>,
        _ own: WorkspaceTransfer<TransferResult>?
    ) -> JSONValue {
        [
            "remote": .optional(reports.first?.leg.remote.name),
            "url": .optional(reports.first?.leg.place.description),
            "fetched": .array(
                reports.flatMap { leg, batch in
                    batch.items.map { item -> JSONValue in
                        [
                            "id": .string(item.id.string), "remote": .string(leg.remote.name),
                            "refs": TransferReport(item, .fetch).json, "resumedBytes": .count(item.resumedBytes),
                        ]
                    }
                }), "absent": .strings(whole.absent.map(\.string)), "failed": whole.failed,
            "workspace": own?.item.map { item in
                [
                    "id": .string(item.id.string), "remote": .optional(own?.leg.remote.name),
                    "refs": TransferReport(item, .fetch).json, "resumedBytes": .count(item.resumedBytes),
                ]
            } ?? .null,
        ]
    }

    private static func text(
        _ reports: [(leg: TransferLeg, batch: TransferBatch<TransferResult>)],
        _ own: WorkspaceTransfer<TransferResult>?, isNamed: Bool, _ style: Style
    ) -> String {
        var texts = reports.map { leg, batch in
            let shown = batch.items.filter { isNamed || !TransferReport($0, .fetch).isUpToDate }
            var lines = shown.flatMap { [style.bold($0.id.string)] + TransferReport($0, .fetch).lines(style) }
            if let rest = TransferReport.summary(ofUpToDate: batch.settled + batch.items.count - shown.count) {
                lines.append(rest)
            }
            return (["From \(leg.place)"] + lines).joined(separator: "\n")
        }
        if let own, let item = own.item, !TransferReport(item, .fetch).isUpToDate {
            let lines = [style.bold("workspace \(item.id)")] + TransferReport(item, .fetch).changes(style)
            // It goes below what came from the same place last.
            let isSame = reports.last?.leg.place == own.leg.place
            texts.append((isSame ? lines : ["From \(own.leg.place)"] + lines).joined(separator: "\n"))
        }
        return texts.joined(separator: "\n")
    }
}
