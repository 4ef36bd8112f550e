import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx branch`.
struct Branch: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "branch", abstract: "List a capsule's branches, or make one.",
        usage: "amx branch <id> [<name>] [--upstream <remote/branch> | --no-upstream]",
        discussion: """
            A new branch starts at the current branch's commit; the working form stays where it is. With --upstream, the branch, or \
            the current one, follows a remote's: status counts against it, and pull, fetch and push without a remote use it.

            Example:
              amx branch customer-service
              amx branch customer-service refunds
              amx branch customer-service --upstream upstream/main
            """)

    @Argument(help: ArgumentHelp("The capsule, and a name for a new branch.", valueName: "id> <name"))
    var arguments: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("Follow a remote's branch.", valueName: "remote/branch"))
    var upstream: String?
    @Flag(help: "Follow no remote's branch in particular.") var noUpstream = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        var rest = arguments
        let id = try place.takeID(&rest)
        guard rest.count <= 1 else { throw ValidationError("Unexpected argument '\(rest[1])'") }
        let capsule = place.workspace.capsule(id)
        if upstream != nil || noUpstream { return try follow(capsule, branch: rest.first, output) }
        if let name = rest.first {
            let branch = try place.workspace.write { () throws(AmxError) in try capsule.createBranch(name) }
            try output.confirm(json: Self.json(capsule, capsule.branches())) { _ in
                "Made branch \(branch.name) of \(id) at \(branch.commit.abbreviated)"
            }
            return
        }
        let branches = try capsule.branches()
        let tracking = try place.workspace.tracking()
        try output.show(json: Self.json(capsule, branches)) { style in
            branches.map { branch in
                "\(branch.isCurrent ? "*" : " ") "
                    + "\(branch.isCurrent ? style.green(branch.name) : branch.name) \(branch.commit.abbreviated)"
                    + (tracking[capsule, branch.name].map { " follows \($0.name)" } ?? "")
            }.joined(separator: "\n")
        }
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
        try output.confirm(json: Self.json(capsule, branches)) { _ in
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

    private static func json(_ capsule: WorkspaceCapsule, _ branches: [Workspaces.Branch]) throws -> JSONValue {
        let tracking = try capsule.workspace.tracking()
        let list = branches.map { branch -> JSONValue in
            [
                "name": .string(branch.name), "commit": .string(branch.commit.hex),
                "current": .bool(branch.isCurrent), "upstream": .optional(tracking[capsule, branch.name]?.name),
            ]
        }
        return ["id": .string(capsule.id.string), "branches": .array(list)]
    }
}
