import Capsules
package import Objects
import Synchronization

/// Checks the data of a hub, and changes nothing: accounts, the layout of the data directory, its settings, every repository.
///
/// Blocks for as long as reading everything takes, on as many threads as there are processors; a hub may serve the directory
/// meanwhile. What is found in a repository counts only if it is there a second time, while no reference of it can move.
package struct HubFsck: Sendable {
    /// What was looked at and what is wrong.
    package struct Report: Sendable {
        /// How many repositories there are.
        package internal(set) var repositories = 0
        /// How many objects they have.
        package internal(set) var objects = 0
        /// What could not be looked at, and why.
        package internal(set) var notes: [String] = []
        /// What is wrong with a repository's address, with `accounts`, or with the `data` directory; by the subject.
        package internal(set) var findings: [(subject: String, finding: FsckFinding)] = []
    }

    private let directory: DataDirectory
    private let minimumAge: Int

    /// Prepares for a data directory; lock files and litter are told of after `minimumAge` seconds.
    package init(_ directory: DataDirectory, minimumAge: Int = 60) {
        self.directory = directory
        self.minimumAge = minimumAge
    }

    /// Checks the repositories of some owners (`acme`) or addresses (`acme/demo`), or everything when none is named.
    ///
    /// `progress` gets an address and its objects so far, from any thread. `.notFound` for what is not here.
    package func run(
        _ chosen: [String] = [], _ progress: @escaping @Sendable (String, Int) -> Void
    ) throws(AmxError) -> Report {
        var report = Report()
        let addresses: [CapsuleAddress]
        if chosen.isEmpty {
            let accounts = AccountsFsck(directory).run()
            report.notes = accounts.notes
            report.findings = accounts.findings.map { ("accounts", $0) }
            let layout = LayoutFsck(directory, owners: accounts.owners, minimumAge: minimumAge).run()
            report.findings += layout.findings.map { ("data", $0) }
            addresses = layout.addresses
            if let claims = accounts.claims {
                let found = ClaimsFsck(directory).run(claims, addresses)
                report.notes += found.notes
                report.findings += found.findings.map { ("accounts", $0) }
            }
        } else {
            addresses = try self.addresses(chosen)
        }
        check(addresses, &report, progress)
        return report
    }

    private func addresses(_ chosen: [String]) throws(AmxError) -> [CapsuleAddress] {
        let store = RepositoryStore(directory)
        var addresses: Set<CapsuleAddress> = []
        for text in chosen {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            let missing = AmxError(
                .notFound, "cannot check \(text): there is no such owner or repository on this hub",
                hint: "name an owner such as acme, or a repository such as acme/demo")
            guard parts.count <= 2, let first = parts.first, let owner = try? OwnerName(String(first)) else {
                throw missing
            }
            if parts.count == 1 {
                guard Directory.exists(directory.ownerPath(owner)) else { throw missing }
                addresses.formUnion(try store.addresses(of: owner))
            } else {
                guard let address = CapsuleAddress(ownerSegment: first, nameSegment: parts[1]), store.contains(address)
                else { throw missing }
                addresses.insert(address)
            }
        }
        return addresses.sorted { "\($0)" < "\($1)" }
    }

    private func check(
        _ addresses: [CapsuleAddress], _ report: inout Report, _ progress: @escaping @Sendable (String, Int) -> Void
    ) {
        let results = WorkerThreads.map(addresses, threads: WorkerThreads.processors, share: 1) { address in
            look(address) { progress("\(address)", $0) }
        }
        for (address, found) in zip(addresses, results) {
            report.repositories += 1
            report.objects += found.objects
            report.findings += found.findings.map { ("\(address)", $0) }
        }
    }

    private func look(_ address: CapsuleAddress, _ progress: (Int) -> Void) -> RepositoryFsck.Report {
        let path = directory.repositoryPath(address)
        let fsck = StoreFsck(path, of: address.name, side: .hub, minimumAge: minimumAge)
        var found = fsck.run(progress)
        guard !found.findings.isEmpty else { return found }
        do throws(AmxError) {
            // A pack that is just coming in stands there without its index for a moment, lock or not.
            let lock = try RefStore.lock(of: path)
            let again = fsck.run(progress)
            _ = consume lock
            let first = Set(found.findings)
            found = again
            found.findings.removeAll { !first.contains($0) }
        } catch {}
        return found
    }
}
