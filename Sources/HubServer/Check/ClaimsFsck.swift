import Capsules
import Objects

/// Holds the claims of ids against the repositories: each is of one with a release, and each released id is claimed.
struct ClaimsFsck {
    private let released: ReleasedIDs

    init(_ directory: DataDirectory) { released = ReleasedIDs(store: RepositoryStore(directory)) }

    /// Checks claims with the addresses that there are; what a hub that starts puts right by itself is a note.
    func run(_ claims: [Claim], _ addresses: [CapsuleAddress]) -> (findings: [FsckFinding], notes: [String]) {
        var findings: [FsckFinding] = []
        var notes: [String] = []
        let isReleased = WorkerThreads.map(addresses, threads: 4) { released.has($0) }
        let there = Set(addresses)
        var owners: [CapsuleID: [OwnerName]] = [:]
        for (address, isReleased) in zip(addresses, isReleased) where isReleased {
            owners[address.name, default: []].append(address.owner)
        }
        for claim in claims {
            let others = owners.removeValue(forKey: claim.id) ?? []
            guard !others.contains(claim.owner) else { continue }
            guard claim.isConfirmed else {
                notes.append(
                    "\(claim.owner) has a claim of \(claim.id) whose release has not come: the hub drops it when it starts, or gives it to the next owner that releases"
                )
                continue
            }
            let what = there.contains(claim.address) ? "has no release" : "is not there"
            let advice =
                others.first.map { "give it to another owner with `amx-hub claim move \(claim.id) \($0)`" }
                ?? "until then nobody can use the id by itself"
            findings.append(
                FsckFinding(
                    .accounts, "claim \(claim.id)", "it is for \(claim.address), which \(what)",
                    hint: "restore the repository from a backup, or push its releases again; \(advice)"))
        }
        for (id, owners) in owners.sorted(by: { $0.key < $1.key }) {
            guard owners.count > 1 else {
                guard let owner = owners.first else { continue }
                notes.append(
                    "nobody has claimed \(id) yet, of which \(owner) has releases: the hub does when it starts")
                continue
            }
            let names = owners.map(\.string).joined(separator: ", ")
            findings.append(
                FsckFinding(
                    .accounts, "claim \(id)", "\(names) have releases of it, and nothing says whose came first",
                    hint: "give it to one of them with `amx-hub claim move \(id) OWNER`"))
        }
        return (findings, notes)
    }
}
