import ArgumentParser
import Objects
import Workspaces

/// `amx workspace resolve`.
struct WorkspaceResolve: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Settle a conflict of a merge of the workspace.",
        usage: "amx workspace resolve <path> [--ours | --theirs | --tool[=<name>]]",
        discussion: """
            As `amx resolve` does for a capsule. Of amx.lock, --theirs brings the capsules in question where the other side has them, \
            --ours leaves them where they are.

            Example:
              amx workspace resolve agents/answering.md --theirs
            """)

    @Argument(help: ArgumentHelp("A file of the workspace.", valueName: "path")) var path: String
    @Flag(help: "Take the current branch's.") var ours = false
    @Flag(help: "Take the merged branch's.") var theirs = false
    @Option(defaultAsFlag: "", help: ArgumentHelp("Let a merge tool settle it.", valueName: "name")) var tool: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if ours, theirs { throw ValidationError("Only one of --ours and --theirs can be taken") }
        if tool != nil, ours || theirs { throw ValidationError("Only one of --ours, --theirs and --tool can be taken") }
    }

    func run(_ output: Output) throws {
        try Resolve.resolve(
            path, ours ? .ours : theirs ? .theirs : nil, by: tool, of: Place().workspace.files(), output)
    }
}
