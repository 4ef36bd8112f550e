import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace log`.
struct WorkspaceLog: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show the workspace's history, newest first.",
        discussion: """
            Example:
              amx workspace log -n 5
              amx workspace log origin/main
            """)

    @Argument(help: ArgumentHelp("Where to start; by default the current branch.", valueName: "rev"))
    var revision: String?
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("At most this many commits.", valueName: "count"))
    var maxCount: UInt?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        output.page()
        let files = try Place().workspace.files()
        try Log.show(files, from: revision, maxCount, member: ("workspace", .string(files.id.string)), output)
    }
}
