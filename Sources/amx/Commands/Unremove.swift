import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx unremove`.
struct Unremove: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "unremove", abstract: "Bring back what `amx remove` has removed.",
        discussion: """
            The requirement comes back as it was, with the same version where everything else allows it, and the same \
            configuration. Works until the grace period has passed.

            Example:
              amx unremove product-catalog
            """)

    @Argument(help: "The capsule.") var id: String
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let workspace = place.workspace
        let id = try CapsuleID(id)
        guard try workspace.lock()?[id] == nil else {
            throw AmxError(.conflict, "\(id) is here", hint: "`amx why \(id)` says who asks for it")
        }
        // One whose grace period has passed is gone for good.
        if workspace.heldPlace(id) != .removed { try workspace.checkTransition(.restore, of: id) }
        let (requirement, version) = try removed(id, in: workspace)
        var run = InstallationRun(workspace: workspace, options: options, output: output)
        run.wanted = [id: version.version]
        run.isRestoration = true
        let outcome = try run.run(.unremove, [id.string]) { manifest, _ in manifest.require(requirement) }
        let report = InstallationReport(outcome: outcome, isDryRun: options.isDryRun)
        try output.confirm(json: report.json) { report.text($0, upToDate: "\(id) is here") }
    }

    /// How it was required, and what it was, before it was removed last.
    private func removed(
        _ id: CapsuleID, in workspace: Workspace
    ) throws(AmxError) -> (Requirement, LockedCapsule) {
        for item in try OperationLog(workspace).list() {
            guard let change = item.operation.changes.first(where: { $0.capsule == id }), change.after.entry == nil,
                let entry = change.before.entry, let bytes = item.operation.before.manifest
            else { continue }
            guard let requirement = try WorkspaceManifest.parse(bytes).requirements.first(where: { $0.id == id }) else {
                throw AmxError(
                    .conflict, "\(id) was only here because others required it",
                    hint: "it comes back with them; or require it yourself: `amx add \(id)@\(entry.version)`")
            }
            return (requirement, entry)
        }
        throw AmxError(
            .notFound, "\(id) was not removed here", hint: "`amx add \(id)` requires and installs it")
    }
}
