package import Capsules
package import Objects

/// Checks the repositories and packed files of a workspace, and changes nothing.
///
/// What is found while another process may be at work is looked at once more with the workspace's lock held.
package struct WorkspaceFsck: Sendable {
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

    /// A repository, a packed file, or both.
    private struct Subject: Sendable {
        let name: String
        let id: CapsuleID
        let repository: String?
        let file: String?
    }

    /// What is wrong with one subject.
    private struct Outcome: Sendable {
        var repository: RepositoryFsck.Report?
        var file: FsckFinding?
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

    /// Checks some capsules, or with nil all of them and the workspace, on as many threads as there are processors.
    ///
    /// `progress` gets a subject and its objects so far, from any thread.
    package func run(
        _ ids: [CapsuleID]?, _ progress: @escaping @Sendable (String, Int) -> Void
    ) throws(AmxError) -> Report {
        let subjects = try subjects(ids)
        var outcomes = WorkerThreads.map(subjects, threads: WorkerThreads.processors, share: 1) { subject in
            look(subject, progress)
        }
        lookAgain(subjects, &outcomes, progress)
        var report = Report()
        for (subject, outcome) in zip(subjects, outcomes) {
            if let found = outcome.repository {
                report.repositories += 1
                report.objects += found.objects
                report.findings += found.findings.map { (subject.name, advised($0, subject, found.refs)) }
            }
            if subject.file != nil { report.files += 1 }
            if let finding = outcome.file { report.findings.append((subject.name, finding)) }
        }
        return report
    }

    private func subjects(_ ids: [CapsuleID]?) throws(AmxError) -> [Subject] {
        let chosen: [CapsuleID]
        if let ids { chosen = ids } else { chosen = try workspace.inventory().ids }
        var subjects: [Subject] = []
        for id in chosen {
            let path = workspace.repositoryPath(id)
            let packed = workspace.packedPath(id)
            guard Directory.exists(path) || Directory.exists(packed) || Directory.exists(workspace.directoryPath(id))
            else {
                throw AmxError(
                    .notFound, "cannot check \(id): there is no such capsule here", hint: "`amx status` lists them")
            }
            subjects.append(
                Subject(
                    name: id.string, id: id, repository: Directory.exists(path) ? path : nil,
                    file: Directory.exists(packed) ? packed : nil))
        }
        let own = workspace.filesRepositoryPath
        guard ids == nil, Directory.exists(own) else { return subjects }
        return subjects + [Subject(name: Self.own, id: try workspace.files().id, repository: own, file: nil)]
    }

    private func look(_ subject: Subject, _ progress: (String, Int) -> Void) -> Outcome {
        Outcome(
            repository: lookAtRepository(subject, progress), file: subject.file.flatMap { check(file: $0, subject.id) })
    }

    private func lookAtRepository(_ subject: Subject, _ progress: (String, Int) -> Void) -> RepositoryFsck.Report? {
        guard let path = subject.repository else { return nil }
        return StoreFsck(path, of: subject.id, side: .workspace, minimumAge: minimumAge).run {
            progress(subject.name, $0)
        }
    }

    /// Keeps of what was found what is there while nobody else is at work.
    private func lookAgain(
        _ subjects: [Subject], _ outcomes: inout [Outcome], _ progress: (String, Int) -> Void
    ) {
        let odd = outcomes.indices.filter { number in
            outcomes[number].file != nil || outcomes[number].repository?.findings.isEmpty == false
        }
        guard !odd.isEmpty else { return }
        // Not `write`, which clears away what killed commands have left. Whoever holds the lock for so long, or keeps it from
        // being taken, is no reason to say nothing.
        do throws(AmxError) {
            let lock = try FileLock(workspace.lockPath, busy: "cannot check the workspace")
            for number in odd { outcomes[number] = look(subjects[number], progress) }
            _ = consume lock
        } catch {}
    }

    private func check(file path: String, _ id: CapsuleID) -> FsckFinding? {
        do throws(AmxError) {
            // A form that has been changed meanwhile is none.
            guard Directory.exists(path) else { return nil }
            try ContainerFsck(path).run()
            return nil
        } catch {
            return FsckFinding(
                .file, "knowledge/capsules/\(id).kc", error.message,
                hint:
                    "write the content of a commit anew with `amx pack \(id)@REV -o FILE`, and move that into its place"
            )
        }
    }

    /// Names the remote from which what is lost can be had, and the commands.
    private func advised(_ finding: FsckFinding, _ subject: Subject, _ refs: [Ref]) -> FsckFinding {
        let tracked = refs.lazy.compactMap { $0.name.suffix(after: "refs/remotes/") }.first
        guard finding.hint.hasSuffix(FsckFinding.replace), let remote = tracked?.split(separator: "/").first else {
            return finding
        }
        let repair =
            subject.name == Self.own
            ? "clone the workspace again from \(remote)"
            : "move .aimatrix/store/\(subject.name).git and the working form elsewhere and run `amx pull \(subject.name)`, which "
                + "brings what \(remote) has"
        let hint = "\(finding.hint.dropLast(FsckFinding.replace.count))\(repair)"
        return FsckFinding(finding.kind, finding.place, finding.problem, hint: hint)
    }
}
