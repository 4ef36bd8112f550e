import Capsules
import Objects
import Workspaces

/// The `.kc` files among the words of a command that installs.
struct WantedFiles {
    private let files: [WantedFile]

    /// Reads those among some words; what was copied for one goes where another cannot be read.
    init(_ words: [String], in workspace: Workspace) throws {
        var files: [WantedFile] = []
        do {
            for word in words where WantedFile.isNamed(word) { files.append(try WantedFile(word, in: workspace)) }
            for (index, file) in files.enumerated() {
                guard let other = files[..<index].first(where: { $0.release.id == file.release.id }) else { continue }
                throw AmxError(
                    .usage, "cannot install both \(other.name) and \(file.name): both are \(file.release.id)",
                    hint: "name one of them")
            }
        } catch {
            for file in files { file.discard() }
            throw error
        }
        self.files = files
    }

    /// Requires the capsules in `amx.json`.
    func add(_ kind: Dependency.Kind, to manifest: inout WorkspaceManifest) throws {
        for file in files { try file.add(kind, to: &manifest) }
    }

    /// Installs; where that fails, or is only told, no copies stay.
    func carry<Outcome>(_ body: () throws -> Outcome) throws -> Outcome {
        defer { for file in files { file.discard() } }
        return try body()
    }

    /// Tells what came of it, and what others need to install the same.
    func show(_ report: InstallationReport, in workspace: Workspace, _ output: Output) throws {
        let named = try named(report, in: workspace)
        for file in named where !file.travels { try output.warn(file.note) }
        try output.confirm(json: report.json) { style in
            named.filter(\.travels).reduce(report.text(style, upToDate: "Everything that is required is here")) {
                "\($0)\n\($1.note)"
            }
        }
    }

    /// Those that the lock names. Without any, the lock is not read for it: that takes most of an installation that finds all in place.
    private func named(_ report: InstallationReport, in workspace: Workspace) throws -> [WantedFile] {
        if files.isEmpty { return [] }
        let lock = try report.outcome.plan?.lock ?? workspace.lock() ?? WorkspaceLock()
        return files.filter { lock[$0.release.id]?.source.text == $0.source.text }
    }
}
