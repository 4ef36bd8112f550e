import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace show`.
struct WorkspaceShow: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one revision of the workspace, with its files.",
        discussion: """
            Example:
              amx workspace show
              amx workspace show main~1
            """)

    @Argument(help: ArgumentHelp("A branch, remote branch or commit; by default the current one.", valueName: "rev"))
    var revision: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let files = try Place().workspace.files()
        let shown = try files.show(revision)
        var json = Show.json(files.id, shown).object ?? [:]
        json["id"] = nil
        json["version"] = nil
        try output.show(json: .object(JSONObject([("workspace", .string(files.id.string))] + json.pairs))) { style in
            Show.text(shown, style) { head in head.add("workspace", style.bold(files.id.string)) }
        }
    }
}

extension JSONObject {
    fileprivate var pairs: [(String, JSONValue)] { members.map { ($0.key, $0.value) } }
}
