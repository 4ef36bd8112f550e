import ArgumentParser
import Capsules
import Objects
import Versions
import Workspaces

/// `amx update`.
struct Update: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Move installed capsules to the highest versions that are allowed.",
        discussion: """
            With capsules named, only those move, and others only where they have to; each that has to move is named with its \
            reason. amx.json stays as it is: raise a constraint with `amx add ID@CONSTRAINT`. A version that says from which others \
            it can be reached is reached through these, one operation after the other.

            Example:
              amx update
              amx update product-catalog --dry-run
            """)

    @Argument(help: ArgumentHelp("Capsules that may move; all without any.", valueName: "id")) var ids: [String] = []
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let lock = ids.isEmpty ? WorkspaceLock() : try place.workspace.lock() ?? WorkspaceLock()
        let names = try ids.map { (text) throws(AmxError) in
            let id = try CapsuleID(text)
            guard lock[id] != nil else {
                try place.workspace.checkTransition(.update, of: id)
                throw AmxError(
                    .notFound, "\(id) is not installed here",
                    hint: NearNames.hint(for: text, among: lock.capsules.map(\.id.string))
                        ?? "`amx add \(id)` requires and installs it")
            }
            return PackageName(id.string)
        }
        var run = InstallationRun(workspace: place.workspace, options: options, output: output)
        run.update = names.isEmpty ? .everything : .packages(Set(names))
        run.takesDetours = true
        let outcome = try go(run)
        let report = InstallationReport(outcome: outcome, isDryRun: options.isDryRun)
        try output.confirm(json: report.json) {
            report.text($0, upToDate: "Everything is at the highest version that is allowed")
        }
    }

    /// How many versions are gone through at most.
    private static let detours = 64

    /// Updates, through other versions where it has to be; of a trial the first step of that.
    private func go(_ run: InstallationRun) throws -> InstallationRun.Outcome {
        var through: [(id: CapsuleID, version: SemanticVersion)] = []
        while true {
            do {
                var outcome = try run.run(.update, ids)
                outcome.through = through
                return outcome
            } catch let error as AmxError {
                guard let detour = error.cause as? UpdateDetour, let first = detour.first,
                    through.count < Self.detours
                else { throw error }
                var hop = run
                (hop.update, hop.wanted) = (.nothing, [detour.capsule: first])
                var outcome: InstallationRun.Outcome
                do {
                    outcome = try hop.run(.update, ["\(detour.capsule)@\(first)"])
                } catch let inner as AmxError where inner.code == .conflict {
                    throw error
                }
                through.append((detour.capsule, first))
                guard options.isDryRun else { continue }
                outcome.through = detour.path.dropLast().map { (detour.capsule, $0) }
                return outcome
            }
        }
    }
}
