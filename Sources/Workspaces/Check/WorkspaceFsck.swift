package import Capsules
package import Objects

/// Checks the repositories and packed files of a workspace, and changes nothing.
///
/// What is found while another process may be at work is looked at once more with the workspace's lock held.
package struct WorkspaceFsck {
    /// What was looked at and what is wrong.
    package struct Report: Sendable {
        /// How many repositories there are.
        package internal(set) var repositories = 0
        /// How many objects they have.
        package internal(set) var objects = 0
        /// How many `.kc` files were read.
        package internal(set) var files = 0
        /// What is wrong, by the capsule's id; `workspace` is the workspace itself.
        package internal(set) var findings: [(subject: String, finding: FsckFinding)] = []
    }

    /// What the findings of the workspace's own repository are about.
    private static let own = "workspace"

    private let workspace: Workspace
    private let minimumAge: Int

    /// Prepares for a workspace; lock files and litter are told of after `minimumAge` seconds.
    package init(_ workspace: Workspace, minimumAge: Int = 60) {
        self.workspace = workspace
        self.minimumAge = minimumAge
    }

    /// Checks some capsules, or with nil all of them and the workspace; `progress` gets a subject and its objects so far.
    package func run(_ ids: [CapsuleID]?, _ progress: (String, Int) -> Void) throws(AmxError) -> Report {
        var report = Report()
        let chosen: [CapsuleID]
        if let ids { chosen = ids } else { chosen = try workspace.inventory().ids }
        for id in chosen {
            let path = workspace.repositoryPath(id)
            let packed = workspace.packedPath(id)
            guard Directory.exists(path) || Directory.exists(packed) || Directory.exists(workspace.directoryPath(id))
            else {
                throw AmxError(
                    .notFound, "cannot check \(id): there is no such capsule here", hint: "`amx status` lists them")
            }
            if Directory.exists(path) { check(path, id.string, id, &report, progress) }
            if Directory.exists(packed) { check(file: packed, id, &report) }
        }
        guard ids == nil, Directory.exists(workspace.filesRepositoryPath) else { return report }
        check(workspace.filesRepositoryPath, Self.own, try workspace.files().id, &report, progress)
        return report
    }

    private func check(
        _ path: String, _ subject: String, _ id: CapsuleID, _ report: inout Report,
        _ progress: (String, Int) -> Void
    ) {
        let fsck = StoreFsck(path, of: id, side: .workspace, minimumAge: minimumAge)
        var found = fsck.run { progress(subject, $0) }
        if !found.findings.isEmpty {
            // Not `write`, which clears away what killed commands have left. Whoever holds the lock for so long, or keeps it
            // from being taken, is no reason to say nothing.
            do throws(AmxError) {
                let lock = try FileLock(workspace.lockPath, busy: "cannot check the workspace")
                found = fsck.run { progress(subject, $0) }
                _ = consume lock
            } catch {}
        }
        report.repositories += 1
        report.objects += found.objects
        report.findings += found.findings.map { (subject, $0) }
    }

    private func check(file path: String, _ id: CapsuleID, _ report: inout Report) {
        report.files += 1
        do throws(AmxError) {
            try ContainerReader(path).verify()
        } catch {
            let finding = FsckFinding(
                .file, "knowledge/capsules/\(id).kc", error.message,
                hint:
                    "write the content of a commit anew with `amx pack \(id)@REV -o FILE`, and move that into its place"
            )
            report.findings.append((id.string, finding))
        }
    }
}
