import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx init`.
struct Init: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a workspace.",
        discussion: """
            Lays out .aimatrix/ and the folders of a workspace, and writes amx.json with the directory's name. Run again, it adds \
            what is missing and changes nothing.

            Example:
              amx init support-team
            """)

    @Argument(help: "The directory; by default the current one.") var directory = "."
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let path = try WorkingDirectory.absolute(directory)
        let (workspace, created) = try Workspace.create(at: path)
        if created, let warning = Place.warning(ofNesting: workspace.root) { try output.warn(warning) }
        try output.confirm(json: ["workspace": .string(workspace.root), "created": .bool(created)]) { _ in
            created ? "Made a workspace in \(workspace.root)" : "There is a workspace in \(workspace.root) already"
        }
    }
}
