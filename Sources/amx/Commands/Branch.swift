import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx branch`.
struct Branch: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "branch", abstract: "List a capsule's branches, make, rename or delete them.",
        usage: """
            amx branch <id> [<name> [<rev>]] [--upstream <remote/branch> | --no-upstream]
            amx branch <id> <branch> ... --delete [--force]
            amx branch <id> [<branch>] <name> --move
            """,
        discussion: """
            A new branch starts at a revision, by default the current branch's commit; the working form stays where it is. One \
            that starts at a remote's branch follows it. With --upstream, the branch, or the current one, follows a remote's: \
            status counts against it, and pull, fetch and push without a remote use it.

            --delete refuses, with exit status 6, the current branch and, without --force, one with commits that are in no other \
            branch, no remote branch and no release. --move also renames the current branch.

            Example:
              amx branch customer-service
              amx branch customer-service refunds v1.0.0
              amx branch customer-service --upstream upstream/main
              amx branch customer-service --move refunds returns
              amx branch customer-service --delete returns
            """)

    @Argument(help: ArgumentHelp("The capsule, the branch, and a revision.", valueName: "id> <name"))
    var arguments: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("Follow a remote's branch.", valueName: "remote/branch"))
    var upstream: String?
    @Flag(help: "Follow no remote's branch in particular.") var noUpstream = false
    @OptionGroup var options: BranchOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard upstream == nil && !noUpstream || !options.delete && !options.move else {
            throw ValidationError("--upstream and --no-upstream exclude --delete and --move")
        }
    }

    func run(_ output: Output) throws {
        let place = try Place()
        var rest = arguments
        let id = try place.takeID(&rest)
        let capsule = place.workspace.capsule(id)
        guard upstream != nil || noUpstream else {
            return try options.run(
                rest, of: capsule, owner: id.string, member: ("id", .string(id.string)), output)
        }
        guard rest.count <= 1 else { throw ValidationError("Unexpected argument '\(rest[1])'") }
        try follow(capsule, branch: rest.first, output)
    }

    /// Sets or removes the upstream of a branch that exists.
    private func follow(_ capsule: WorkspaceCapsule, branch: String?, _ output: Output) throws {
        let branches = try capsule.branches()
        guard let name = branch ?? branches.first(where: \.isCurrent)?.name,
            branches.contains(where: { $0.name == name })
        else {
            throw AmxError(
                .notFound, "\(capsule.id) has no branch \(branch ?? "with a commit") yet",
                hint: "`amx branch \(capsule.id)` lists those that exist")
        }
        let upstream = try noUpstream ? nil : parsed(in: capsule.workspace)
        try capsule.workspace.write { () throws(AmxError) in
            try capsule.workspace.setUpstream(upstream, of: name, in: capsule)
        }
        try output.confirm(json: BranchOptions.json(["id": .string(capsule.id.string)], capsule)) { _ in
            upstream.map { "\(name) of \(capsule.id) follows \($0.name)" }
                ?? "\(name) of \(capsule.id) follows nothing in particular"
        }
    }

    /// The remote and branch of `--upstream`.
    private func parsed(in workspace: Workspace) throws(AmxError) -> Upstream {
        let parts = (upstream ?? "").split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, RefName(branch: String(parts[1])) != nil else {
            throw AmxError(
                .usage, "\(upstream ?? "") is not a remote's branch", hint: "write it as REMOTE/BRANCH: origin/main")
        }
        return Upstream(remote: try workspace.remote(String(parts[0])).name, branch: String(parts[1]))
    }
}
