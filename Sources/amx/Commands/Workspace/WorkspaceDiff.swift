import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace diff`.
struct WorkspaceDiff: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what differs between revisions of the workspace's files.",
        discussion: """
            Without revisions, the files against the last commit; with one, against that revision; with two, the first against the \
            second.

            Example:
              amx workspace diff
              amx workspace diff main~1 main --stat
            """)

    @Argument(help: ArgumentHelp("Up to two revisions.", valueName: "rev")) var revisions: [String] = []
    @OptionGroup var options: DiffOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard revisions.count <= 2 else { throw ValidationError("Unexpected argument '\(revisions[2])'") }
    }

    func run(_ output: Output) throws {
        output.page()
        let files = try Place().workspace.files()
        let comparison = try files.compare(revisions.first, revisions.count > 1 ? revisions[1] : nil)
        try DiffReport(
            comparison, title: files.id.string, members: ["workspace": .string(files.id.string)], options
        ).show(output)
    }
}
