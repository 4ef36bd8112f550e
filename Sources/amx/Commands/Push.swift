import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx push`.
struct Push: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Bring branches and releases to a remote.",
        usage:
            "amx push [<remote>] [<id> ...] [--all] [--force-with-lease[=<branch>[:<commit>]]] [--delete <branch>] [--dry-run]",
        discussion: """
            Pushes the current branch of each capsule and the releases in its history. Branches only go forward and releases are \
            only added; what would do more is rejected, with exit status 6. With --force-with-lease a branch's history is replaced, \
            if the remote's branch is still where it was last fetched, or at the commit that is given. The first push makes the \
            repository on a hub or in a workspace; on another git server it must be there. Without ids: every capsule that has a \
            commit, and then the workspace itself; or in a capsule's directory that one.

            Example:
              amx push
              amx push origin customer-service --all
              amx push origin customer-service --delete refunds
            """)

    @Argument(
        help: ArgumentHelp(
            "The remote, by default the branch's upstream or origin, and capsules.", valueName: "remote> <id"))
    var arguments: [String] = []
    @Flag(help: "Push every branch.") var all = false
    @Option(
        name: .customLong(forceWithLeaseName),
        help: ArgumentHelp(
            "Replace history if the remote's branch is as expected. The condition is written behind `=` or left out.",
            valueName: "branch:commit"))
    var leases: [String] = []
    @Option(name: .customLong("delete"), help: ArgumentHelp("Delete a branch on the remote.", valueName: "branch"))
    var deletions: [String] = []
    @Flag(name: .shortAndLong, help: "Make the remote's branch of the same name the upstream.") var upstream = false
    @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Only say what would be pushed.") var isDryRun =
        false
    @OptionGroup var global: GlobalOptions

    private static let forceWithLeaseName = "force-with-lease"

    /// A command line with a value for the option whose value stands behind `=` or nowhere, as git has it: left out, it means
    /// every branch, and the next word is none of its.
    static func readingLeases(in arguments: [String]) -> [String] {
        let lease = "--\(forceWithLeaseName)"
        let options = arguments.prefix { $0 != "--" }
        guard let command = options.firstIndex(of: configuration.commandName ?? "push") else { return arguments }
        return arguments.enumerated().map { index, word in
            word == lease && index > command && index < options.endIndex ? "\(lease)=*" : word
        }
    }

    func validate() throws {
        if all, !deletions.isEmpty { throw ValidationError("--all and --delete exclude each other") }
    }

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let place = try Place()
        let foreign = try Self.foreignCapsules(of: place.workspace).union(place.workspace.installedIDs())
        let plan = try TransferPlan(arguments, .push, in: place) { capsule in
            try !foreign.contains(capsule.id) && Self.hasCommit(capsule)
        }
        if !deletions.isEmpty || leases.contains(where: { $0.contains(":") }), !plan.isNamed {
            throw AmxError(
                .usage, "no capsule is named",
                hint: "say of which one the branch is: `amx push REMOTE ID --delete BRANCH`")
        }
        let options = try options()
        let display = output.progress()
        var reports: [(leg: TransferLeg, batch: TransferBatch<TransferResult>)] = []
        for leg in plan.legs { reports.append((leg, try push(leg, options, place.workspace, display))) }
        var whole = TransferBatch<TransferResult>()
        for report in reports { whole.add(report.batch) }
        // Its lock names commits of the capsules: they come first.
        var own: WorkspaceTransfer<TransferResult>?
        let ownLeg = deletions.isEmpty ? try plan.workspaceLeg(.push, in: place) : nil
        if whole.isClean, let leg = ownLeg {
            let pushed = Self.commits(of: reports, at: leg.remote.name)
            own = try .push(leg, options, place.workspace, pushed: pushed, display)
        }
        display.finish()
        let followed = Result { if upstream, !isDryRun { try follow(reports, in: place.workspace) } }
        if own?.item == nil { try whole.check(output) }
        try output.confirm(json: json(reports, whole, own)) { style in
            text(reports, own, isNamed: plan.isNamed, style)
        }
        if !whole.isClean, ownLeg != nil, try place.workspace.files().hasCommit {
            try output.warn("the workspace itself was not pushed, because not all of its capsules were")
        }
        try whole.finish(output)
        try own?.finish(output)
        // What went through has been told.
        try followed.get()
    }

    private func options() throws(AmxError) -> PushOptions {
        var options = PushOptions()
        options.selection = all ? .all : .current
        options.leases = try leases.map { text throws(AmxError) in try PushOptions.Lease(parsing: text) }
        options.deletions = deletions
        options.isDryRun = isDryRun
        return options
    }

    private func push(
        _ leg: TransferLeg, _ options: PushOptions, _ workspace: Workspace, _ display: ProgressDisplay
    ) throws -> TransferBatch<TransferResult> {
        let survey: RemoteSurvey
        do {
            survey = try RemoteSurvey(leg, in: workspace)
        } catch let error as AmxError {
            return TransferBatch(leg, endedBy: error)
        }
        return TransferBatch(
            leg, verb: "push", in: workspace, skipsMissing: false, display: display,
            rejection: { $0.failure("push") }
        ) { connector, id, progress in
            let repository = try workspace.capsule(id).existingRepository()
            return try HubClient.Push(
                id, from: repository, to: connector.repository(id, at: leg.place), named: leg.remote.name,
                options: options
            ).run(known: survey.refs?[id], progress: progress)
        }
    }

    /// The commits that capsules' branches have at a remote by now, or would have after a dry run.
    private static func commits(
        of reports: [(leg: TransferLeg, batch: TransferBatch<TransferResult>)], at remote: String
    ) -> [CapsuleID: [ObjectID]] {
        var commits: [CapsuleID: [ObjectID]] = [:]
        for (leg, batch) in reports where leg.remote.name == remote {
            for item in batch.items {
                let there = item.refs.filter { $0.ref.branch != nil && $0.status != .rejected }
                commits[item.id] = there.compactMap(\.new)
            }
        }
        return commits
    }

    /// Notes the upstreams of what was pushed.
    private func follow(
        _ reports: [(leg: TransferLeg, batch: TransferBatch<TransferResult>)], in workspace: Workspace
    ) throws(AmxError) {
        for (leg, batch) in reports {
            var branches: [(copy: any WorkingCopy, branch: String)] = []
            for result in batch.items {
                for outcome in result.refs where outcome.status != .rejected && outcome.new != nil {
                    guard let branch = outcome.ref.branch else { continue }
                    branches.append((workspace.capsule(result.id), branch))
                }
            }
            try workspace.write { () throws(AmxError) in
                try workspace.setUpstreams(branches, remote: leg.remote.name)
            }
        }
    }

    /// Capsules that come from elsewhere and are not developed here: they are pushed only when they are named.
    private static func foreignCapsules(of workspace: Workspace) throws -> Set<CapsuleID> {
        guard let lock = try workspace.lock() else { return [] }
        let foreign = lock.capsules.filter { if case .address = $0.source { true } else { false } }.map(\.id)
        return foreign.isEmpty ? [] : Set(foreign).subtracting(try workspace.manifest()?.develops ?? [])
    }

    private static func hasCommit(_ capsule: WorkspaceCapsule) throws -> Bool {
        // Opened only where its files alone do not tell.
        if let snapshot = RefSnapshot(unopened: capsule.repositoryPath) { return !snapshot.branches.isEmpty }
        guard let repository = try capsule.repository() else { return false }
        return try !repository.refs.snapshot().branches.isEmpty
    }
}

// MARK: What it says

extension Push {
    private func json(
        _ reports: [(leg: TransferLeg, batch: TransferBatch<TransferResult>)], _ whole: TransferBatch<TransferResult>,
        _ own: WorkspaceTransfer<TransferResult>?
    ) -> JSONValue {
        [
            "remote": .optional(reports.first?.leg.remote.name),
            "url": .optional(reports.first?.leg.place.description), "dryRun": .bool(isDryRun),
            "pushed": .array(
                reports.flatMap { leg, batch in
                    batch.items.map { item -> JSONValue in
                        [
                            "id": .string(item.id.string), "remote": .string(leg.remote.name),
                            "refs": TransferReport(item, .push).json, "resumedBytes": .count(item.resumedBytes),
                        ]
                    }
                }), "failed": whole.failed,
            "workspace": own?.item.map { item in
                [
                    "id": .string(item.id.string), "remote": .optional(own?.leg.remote.name),
                    "refs": TransferReport(item, .push).json, "resumedBytes": .count(item.resumedBytes),
                ]
            } ?? .null,
        ]
    }

    private func text(
        _ reports: [(leg: TransferLeg, batch: TransferBatch<TransferResult>)],
        _ own: WorkspaceTransfer<TransferResult>?, isNamed: Bool, _ style: Style
    ) -> String {
        guard own?.item != nil || reports.contains(where: { !$0.batch.items.isEmpty }) else {
            return "Nothing to push: no capsule has a commit"
        }
        var texts = reports.filter { !$0.batch.items.isEmpty }.map { leg, batch in
            let shown = batch.items.filter { isNamed || !TransferReport($0, .push).isUpToDate }
            var lines = shown.flatMap { [style.bold($0.id.string)] + TransferReport($0, .push).lines(style) }
            if let rest = TransferReport.summary(ofUpToDate: batch.items.count - shown.count) { lines.append(rest) }
            return ([heading(leg)] + lines).joined(separator: "\n")
        }
        if let own, let item = own.item {
            let lines = [style.bold("workspace \(item.id)")] + TransferReport(item, .push).lines(style)
            // It goes below what went to the same place last.
            let isSame = reports.last { !$0.batch.items.isEmpty }?.leg.place == own.leg.place
            texts.append((isSame ? lines : [heading(own.leg)] + lines).joined(separator: "\n"))
        }
        return texts.joined(separator: "\n")
    }

    private func heading(_ leg: TransferLeg) -> String {
        "To \(leg.place)\(isDryRun ? " (dry run: nothing was sent)" : "")"
    }
}
