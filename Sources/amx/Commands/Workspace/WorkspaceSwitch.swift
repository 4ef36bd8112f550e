import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace switch`.
struct WorkspaceSwitch: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "switch", abstract: "Go to another branch of the workspace, with all its capsules.",
        discussion: """
            The workspace's files become the branch's, and each capsule goes to the branch and commit that the branch's amx.lock \
            names; installed ones that it does not name go, and come back with a branch that has them. Refused, before anything has changed, while uncommitted changes would be lost, or commits of a capsule that \
            nothing else names (exit status 6), and while a commit that amx.lock names is not here (3). With --create, the branch is made where the workspace is, and \
            nothing else changes.

            Example:
              amx workspace switch winter-campaign --create
            """)

    @Argument(help: ArgumentHelp("The branch.", valueName: "branch")) var name: String
    @Flag(name: .shortAndLong, help: "Make the branch.") var create = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let workspace = try Place().workspace
        let actor = EventActor.current(workspace)
        let result = try workspace.write { () throws(AmxError) in
            try workspace.switchFiles(to: name, create: create, by: actor)
        }
        let id = try workspace.files().id
        for absent in result.absent {
            try output.warn("\(absent) of \(WorkspaceLock.fileName) is not here: `amx pull` brings it")
        }
        try output.confirm(
            json: [
                "workspace": .string(id.string), "branch": .string(result.branch.name),
                "commit": .string(result.branch.commit.hex), "created": .bool(create),
                "capsules": .array(result.capsules.map(\.json)),
                "removed": .strings(result.departed.map(\.string)), "absent": .strings(result.absent.map(\.string)),
            ]
        ) { _ in
            let head =
                "\(id) is on \(create ? "the new branch " : "")\(result.branch.name) at \(result.branch.commit.abbreviated)"
            let departed = result.departed.map(MovedCapsule.departureLine)
            return ([head] + result.capsules.map(\.line) + departed).joined(separator: "\n")
        }
    }
}
