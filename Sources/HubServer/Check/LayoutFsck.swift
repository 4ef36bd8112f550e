import Capsules
import Glibc
import Objects

/// Checks what stands in a hub's data directory and in its store's folders: nothing is missing, nothing is there that nobody
/// would ever see, and the settings can be read.
struct LayoutFsck {
    private static let known: Set<String> = [
        "hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm", "hub.sqlite.sha256", "hub.sqlite.users", "lock", "config",
        "store",
        "policy", "hooks", "incoming", "kept",
    ]

    private let directory: DataDirectory
    private let owners: Set<String>?
    private let minimumAge: Int

    /// Prepares for a data directory with these owners; nil when the accounts cannot be read.
    init(_ directory: DataDirectory, owners: Set<String>?, minimumAge: Int) {
        self.directory = directory
        self.owners = owners
        self.minimumAge = minimumAge
    }

    /// Looks everywhere; returns the repositories that there are.
    func run() -> (findings: [FsckFinding], addresses: [CapsuleAddress]) {
        var findings: [FsckFinding] = []
        var addresses: [CapsuleAddress] = []
        do throws(AmxError) {
            for name in try names("") where !Self.known.contains(name) {
                findings.append(odd(name, "no part of a hub's data"))
            }
            checkIncoming(&findings)
            checkSettings(&findings)
            guard Directory.isFolder(directory.storePath) else {
                findings.append(
                    FsckFinding(.layout, "store", "the folder is missing", hint: "restore it from a backup"))
                return (findings, [])
            }
            for owner in try names("store") { try checkOwner(owner, &findings, &addresses) }
        } catch {
            findings.append(
                FsckFinding(.layout, "store", error.message, hint: error.hint ?? "correct its permissions"))
        }
        return (findings, addresses)
    }

    private func checkOwner(
        _ folder: String, _ findings: inout [FsckFinding], _ addresses: inout [CapsuleAddress]
    ) throws(AmxError) {
        let place = "store/\(folder)"
        guard let owner = try? OwnerName(folder), Directory.isFolder("\(directory.path)/\(place)") else {
            findings.append(odd(place, "no folder of an owner"))
            return
        }
        if let owners, !owners.contains(folder) {
            findings.append(
                FsckFinding(
                    .layout, place, "the folder belongs to no owner, so nobody can read what is in it",
                    hint: "add the owner with `amx-hub owner add \(folder)`, or move the folder away"))
        }
        for name in try names(place) {
            guard name.hasSuffix(".git"), let id = try? CapsuleID(String(name.dropLast(4))),
                Directory.isFolder("\(directory.path)/\(place)/\(name)")
            else {
                findings.append(odd("\(place)/\(name)", "no repository of a capsule or workspace"))
                continue
            }
            addresses.append(CapsuleAddress(owner: owner, name: id))
        }
    }

    /// What first pushes are building belongs to the hub that serves, which removes it when it starts.
    private func checkIncoming(_ findings: inout [FsckFinding]) {
        guard let left = try? names("incoming"), !left.isEmpty, !isServed else { return }
        for name in left where isOld("incoming/\(name)") {
            findings.append(
                FsckFinding(
                    .litter, "incoming/\(name)", "left behind by a hub that was killed",
                    hint: "the hub removes it when it starts"))
        }
    }

    private var isServed: Bool {
        do throws(AmxError) {
            guard Directory.exists(directory.lockPath) else { return false }
            _ = try FileLock(directory.lockPath, timeout: 0, busy: "cannot check the data directory")
            return false
        } catch { return true }
    }

    private func checkSettings(_ findings: inout [FsckFinding]) {
        func check(_ place: String, _ body: () throws(AmxError) -> Void) {
            do throws(AmxError) {
                try body()
            } catch {
                findings.append(FsckFinding(.config, place, error.message, hint: error.hint ?? "correct the file"))
            }
        }
        check("config") { () throws(AmxError) in _ = try directory.limits() }
        let rules = SigningRules(directory)
        var scopes: [SigningRules.Scope] = [.hub]
        check("policy") { () throws(AmxError) in scopes = try rules.scopes() }
        for scope in scopes {
            check("policy") { () throws(AmxError) in _ = try SignaturePolicy([rules.folder(scope)]) }
        }
        if Directory.exists(directory.policyScriptPath), access(directory.policyScriptPath, X_OK) != 0 {
            findings.append(
                FsckFinding(
                    .config, "hooks/pre-receive", "it cannot be run, so every push is refused",
                    hint: "run `chmod +x \(directory.policyScriptPath)`, or remove it"))
        }
    }

    private func odd(_ place: String, _ what: String) -> FsckFinding {
        FsckFinding(
            .layout, place, "it is \(what)", hint: "move it away: amx-hub has not made it and never looks at it")
    }

    private func names(_ folder: String) throws(AmxError) -> [String] {
        try Directory.names(in: "\(directory.path)/\(folder)").map { TreeRules.printable($0) }.sorted()
    }

    private func isOld(_ place: String) -> Bool {
        var status = stat()
        guard lstat("\(directory.path)/\(place)", &status) == 0 else { return false }
        return status.st_ctim.tv_sec.addingReportingOverflow(minimumAge).partialValue <= time(nil)
    }
}
