import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx configure`.
struct Configure: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "configure", abstract: "Show or change the configuration of an installed capsule.",
        usage: "amx configure <id> [<key>=<value> ...] [--unset <key> ...]",
        discussion: """
            A value is JSON where it reads as such (numbers, true, false, lists, objects), else text. The configuration stands in \
            the workspace's events, which everybody sees who may read the workspace: no place for secrets.

            Example:
              amx configure product-catalog language=de limit=20
              amx configure product-catalog
            """)

    @Argument(help: "The capsule.") var id: String
    @Argument(help: ArgumentHelp("What to set.", valueName: "key=value")) var settings: [String] = []
    @Option(help: ArgumentHelp("What to leave out again.", valueName: "key")) var unset: [String] = []
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let workspace = place.workspace
        let id = try CapsuleID(id)
        guard try workspace.lock()?[id] != nil else {
            throw AmxError(
                .notFound, "\(id) is not here",
                hint: NearNames.hint(for: id.string, among: try workspace.lock()?.capsules.map(\.id.string) ?? [])
                    ?? "`amx tree` shows what is")
        }
        let organization = try workspace.organization()
        let stream = EventStream(id, of: organization)
        let before = try EventStore(workspace).state(of: stream).state["configuration"]?.object ?? JSONObject()
        let after = try changed(before)
        if after != before, !options.isDryRun {
            var operation = try WorkspaceOperation(
                .configure, [id.string] + settings + unset.map { "--unset=\($0)" }, in: workspace)
            operation.configurations[id] = (before, after)
            operation.events = [WorkspaceOperation.configured(id, from: before, to: after, organization)]
            let actor = EventActor.current(workspace)
            _ = try workspace.write { () throws(AmxError) in try workspace.perform(operation, by: actor) }
        }
        try output.show(json: ["id": .string(id.string), "configuration": .object(after)]) { _ in
            after.members.filter { $0.value != .null }.map { "\($0.key)=\(Self.text($0.value))" }
                .joined(separator: "\n")
        }
    }

    private func changed(_ before: JSONObject) throws(AmxError) -> JSONObject {
        var after = before
        for setting in settings {
            guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
                throw AmxError(.usage, "'\(setting)' is no setting", hint: "write it as key=value")
            }
            let text = String(setting[setting.index(after: equals)...])
            after[String(setting[..<equals])] = (try? JSONParser.parse(text)) ?? .string(text)
        }
        for key in unset {
            guard after[key] != nil else {
                throw AmxError(
                    .notFound, "\(id) has no setting \(key)", hint: NearNames.hint(for: key, among: before.keys))
            }
            after[key] = .null
        }
        return after
    }

    private static func text(_ value: JSONValue) -> String { value.string ?? JSONWriter.text(value) }
}
