import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx resolve`.
struct Resolve: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Settle a conflict of a merge.",
        usage: "amx resolve <id> <path> [--ours | --theirs | --tool[=<name>]]",
        discussion: """
            With --ours or --theirs, what is in conflict becomes that side's, and what merged stays merged. Without, the file counts as \
            it is now. With --tool a program of yours settles it: that of the setting merge.tool, or the one that is named, with the command \
            mergetool.NAME.cmd. When nothing is open, `amx commit` concludes the merge.

            Example:
              amx resolve customer-service manifest.json --theirs
              amx resolve customer-service README.md
              amx resolve customer-service README.md --tool=meld
            """)

    @Argument(help: ArgumentHelp("The capsule, and a file of it.", valueName: "id> <path"))
    var arguments: [String]
    @Flag(help: "Take the current branch's.") var ours = false
    @Flag(help: "Take the merged branch's.") var theirs = false
    @Option(defaultAsFlag: "", help: ArgumentHelp("Let a merge tool settle it.", valueName: "name")) var tool: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (1...2).contains(arguments.count) else {
            throw ValidationError("Expected a capsule and a file: amx resolve ID PATH")
        }
        if ours, theirs { throw ValidationError("Only one of --ours and --theirs can be taken") }
        if tool != nil, ours || theirs { throw ValidationError("Only one of --ours, --theirs and --tool can be taken") }
    }

    func run(_ output: Output) throws {
        guard let text = arguments.last else { return }
        let place = try Place()
        let capsule = try place.workspace.capsule(CapsuleID(place.id(before: "a file", of: arguments)))
        try Self.resolve(text, ours ? .ours : theirs ? .theirs : nil, by: tool, of: capsule, output)
    }

    /// Settles a conflict of a capsule or of the workspace, and shows what is left.
    ///
    /// `tool` names a merge tool that is to do it, or is empty for the one of the settings.
    static func resolve(
        _ text: String, _ side: MergeSide?, by tool: String?, of copy: some WorkingCopy, _ output: Output
    ) throws {
        let path = try TreePath(text)
        let chosen = try tool.map { try MergeTool(named: $0.isEmpty ? nil : $0, in: Settings(copy.workspace)) }
        let open: [MergeConflict]
        if let chosen {
            open = try copy.openConflicts(of: run(chosen, on: path, of: copy, output))
        } else {
            open = try copy.workspace.write { () throws(AmxError) in
                try copy.openConflicts(of: copy.resolve(path, with: side))
            }
        }
        try output.confirm(
            json: [
                (copy.kind == .capsule ? "id" : "workspace"): .string(copy.id.string), "path": .string(path.string),
                "side": .optional(side?.rawValue), "tool": .optional(chosen?.name),
                "conflicts": .array(open.map(\.json)),
            ]
        ) { _ in
            let rest =
                open.isEmpty
                ? "`\(copy.command("commit"))` concludes the merge"
                : "\(open.count) \(open.count == 1 ? "is" : "are") left"
            return "Resolved \(path.string)\((side?.rawValue ?? chosen?.name).map { " with \($0)" } ?? ""): \(rest)"
        }
    }

    /// Lets a tool settle a conflict; others may use the workspace while it is open.
    private static func run(
        _ tool: MergeTool, on path: TreePath, of copy: some WorkingCopy, _ output: Output
    ) throws(AmxError) -> MergeState {
        let sides = try copy.conflictSides(of: path)
        Interruption.catchSignals()
        let content = try tool.run(on: sides, output: output.asJSON ? 2 : nil)
        do throws(AmxError) {
            return try copy.workspace.write { () throws(AmxError) in try copy.resolve(sides, as: content, by: tool) }
        } catch {
            let kept = MergeTool.keep(content, of: path).map { "what the tool wrote is in \($0)" }
            throw AmxError(
                error.code, error.message, hint: [error.hint, kept].compactMap { $0 }.joined(separator: "; "),
                cause: error.cause)
        }
    }
}
