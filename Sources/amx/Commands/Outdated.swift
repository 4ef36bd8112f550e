import ArgumentParser
import Capsules
import HubClient
import Objects
import Versions
import Workspaces

/// `amx outdated`.
struct Outdated: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "outdated", abstract: "List installed capsules that have newer releases.",
        discussion: """
            "allowed" is what `amx update` would choose, "latest" the highest release at the place that the capsule comes from.

            Example:
              amx outdated
            """)

    @Flag(help: "Exit with status 1 when there is one.") var exitCode = false
    @Flag(name: .customLong("offline"), help: "Use only what was fetched before.") var isOffline = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let workspace = try Place().workspace
        let lock = try workspace.lock() ?? WorkspaceLock()
        let display = output.progress()
        let places = try InstallationRun.places(workspace, isOffline: isOffline, display)
        let planner = try InstallationPlanner(
            workspace, requirements: workspace.manifest()?.requirements ?? [], lock: lock, places: places,
            amxVersion: SemanticVersion(Amx.version))
        let outdated = try planner.outdated()
        display.finish()
        if let warning = OfflineAge.warning(places) { try output.warn(warning) }
        try output.show(
            json: [
                "outdated": .array(
                    outdated.map {
                        [
                            "id": .string($0.id.string), "version": .string($0.version.text),
                            "allowed": .optional($0.allowed?.text), "latest": .optional($0.latest?.text),
                            "source": .string($0.address), "yanked": .bool($0.isYanked),
                        ]
                    })
            ]
        ) { style in
            guard !outdated.isEmpty else { return "Everything is at its latest release" }
            var table = Table()
            table.add(style.faint("capsule"), style.faint("here"), style.faint("allowed"), style.faint("latest"))
            for item in outdated {
                table.add(
                    item.id.string, item.version.text + (item.isYanked ? style.red(" (yanked)") : ""),
                    item.allowed?.text ?? "-", item.latest?.text ?? "-")
            }
            return table.text()
        }
        if exitCode, !outdated.isEmpty { throw ExitCode(1) }
    }
}
