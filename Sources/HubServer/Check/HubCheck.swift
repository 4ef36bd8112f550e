import Capsules
import Objects

/// Checks the data of a hub without changing it: accounts, references, every reachable object, the tree rules.
///
/// Blocks for as long as reading everything takes; a hub may serve the directory meanwhile.
package struct HubCheck {
    /// What was looked at and what is wrong.
    package struct Report: Sendable {
        package var repositories = 0
        package var objects = 0
        package var problems: [Problem] = []
    }

    /// One thing that is wrong.
    package struct Problem: Sendable, Hashable {
        /// `accounts`, or a repository's address.
        package let subject: String
        package let problem: String
        /// What to do about it.
        package let repair: String
    }

    private let directory: DataDirectory

    package init(_ directory: DataDirectory) { self.directory = directory }

    /// Checks everything; throws only when it can't begin.
    package func run() async throws -> Report {
        var report = Report()
        let accounts = try AccountDatabase(directory)
        for problem in try await accounts.problems() {
            report.problems.append(
                Problem(
                    subject: "accounts", problem: problem,
                    repair: "stop the hub and restore hub.sqlite from a backup, or make new tokens"))
        }
        let owners = Set(try await accounts.owners().map(\.name.string))
        try accounts.close()
        try checkStore(owners, &report)
        return report
    }

    private func checkStore(_ owners: Set<String>, _ report: inout Report) throws {
        let store = RepositoryStore(directory)
        guard Directory.isDirectory(directory.storePath) else {
            report.problems.append(
                Problem(
                    subject: "store", problem: "the folder is missing",
                    repair: "restore \(directory.storePath) from a backup"))
            return
        }
        for name in try Directory.names(in: directory.storePath) {
            let folder = TreeRules.printable(name)
            guard let owner = OwnerFolder(name, known: owners) else {
                report.problems.append(
                    Problem(
                        subject: folder, problem: "the folder belongs to no owner",
                        repair: "add the owner with `amx-hub owner add`, or move the folder away"))
                continue
            }
            for address in try store.addresses(of: owner.name) {
                report.repositories += 1
                RepositoryCheck(address, store).run(into: &report)
            }
        }
    }
}
