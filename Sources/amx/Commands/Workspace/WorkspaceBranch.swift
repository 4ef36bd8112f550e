import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace branch`.
struct WorkspaceBranch: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "branch", abstract: "List the workspace's branches, or make one.",
        discussion: """
            A new branch starts at the current branch's commit; the files stay as they are.

            Example:
              amx workspace branch
              amx workspace branch winter-campaign
            """)

    @Argument(help: ArgumentHelp("A name for a new branch.", valueName: "name")) var name: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let workspace = try Place().workspace
        let files = try workspace.files()
        if let name {
            let branch = try workspace.write { () throws(AmxError) in try files.createBranch(name) }
            try output.confirm(json: Self.json(files)) { _ in
                "Made branch \(branch.name) of the workspace at \(branch.commit.abbreviated)"
            }
            return
        }
        try output.show(json: Self.json(files)) { style in
            try files.branches().map { branch in
                "\(branch.isCurrent ? "*" : " ") "
                    + "\(branch.isCurrent ? style.green(branch.name) : branch.name) \(branch.commit.abbreviated)"
            }.joined(separator: "\n")
        }
    }

    private static func json(_ files: WorkspaceFiles) throws(AmxError) -> JSONValue {
        let branches = try files.branches().map { branch -> JSONValue in
            [
                "name": .string(branch.name), "commit": .string(branch.commit.hex),
                "current": .bool(branch.isCurrent),
            ]
        }
        return ["workspace": .string(files.id.string), "branches": .array(branches)]
    }
}
