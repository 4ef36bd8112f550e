import ArgumentParser
import Capsules
import Objects
import Runners
import Versions
import Workspaces

/// `amx hook`.
struct Hook: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook", abstract: "Run a lifecycle hook of a capsule, once somebody else has approved it.",
        discussion: """
            Installing, updating and removing only write down which hooks wait; `amx approvals` shows what was asked for. A hook runs \
            in the sandbox like a tool, with its name and the capsule's id and version as its input, and always needs an approval.

            Example:
              amx hook customer-service postInstall
            """)

    @Argument(help: "The capsule.") var id: String
    @Argument(
        help: ArgumentHelp(
            "preInstall, postInstall, preUpdate, postUpdate, preRemove or postRemove.", valueName: "hook"))
    var phase: String
    @OptionGroup var settings: SettingOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        guard let hook = LifecycleHooks.Phase(rawValue: phase) else {
            let names = LifecycleHooks.Phase.allCases.map(\.rawValue)
            throw AmxError(
                .usage, "there is no hook '\(TreeRules.printable(phase.utf8))'",
                hint: NearNames.hint(for: phase, among: names) ?? "the hooks are \(names.joined(separator: ", "))")
        }
        Interruption.catchSignals()
        let workspace = try Place().workspace
        let capsule = workspace.capsule(try CapsuleID(id))
        let session = try RunSession(capsule, settings: settings.words)
        let manifest = session.runnable.manifest
        let target = try RunTarget(hook: hook, of: manifest, finding: session.finding)
        let input: JSONValue = [
            "hook": .string(hook.rawValue), "capsule": .string(manifest.id.string),
            "version": .string(manifest.version.text),
        ]
        try session.perform(target, input: input, output)
        try workspace.write { () throws(AmxError) in
            var approvals = try workspace.approvals()
            let digest = session.runnable.digest
            let left = approvals.pendingHooks.filter {
                $0.capsule == manifest.id && !($0.phase == hook && $0.digest == digest)
            }
            guard left.count < approvals.pendingHooks.filter({ $0.capsule == manifest.id }).count else { return }
            approvals.record(left, of: manifest.id)
            try approvals.write()
        }
    }
}
