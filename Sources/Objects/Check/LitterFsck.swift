import Glibc

/// Finds lock files and temporary entries that no process needs any more.
struct LitterFsck {
    private let repository: String
    private let minimumAge: Int
    private let report: (FsckFinding) -> Void

    /// Prepares for a repository; what has changed in the last `minimumAge` seconds may belong to a process that runs.
    init(_ repository: String, minimumAge: Int, _ report: @escaping (FsckFinding) -> Void) {
        self.repository = repository
        self.minimumAge = minimumAge
        self.report = report
    }

    /// Looks everywhere.
    func run() {
        for name in names("") {
            if name.hasSuffix(".lock") {
                addLock(name)
            } else if name.hasPrefix(".tmp-") || name == "packed-refs.amx" || name == "packed-refs.new" {
                addLitter(name)
            }
        }
        findLocks("refs")
        for name in names("objects") {
            if name.hasPrefix("incoming-") {
                if Quarantine.isAbandoned("\(repository)/objects/\(name)") { addLitter("objects/\(name)") }
            } else if name.hasPrefix("tmp_objdir") {
                addLitter("objects/\(name)")
            } else if name.utf8.count == 2 {
                for file in names("objects/\(name)") where ObjectID(hex: (name + file).utf8) == nil {
                    addLitter("objects/\(name)/\(file)")
                }
            }
        }
        for name in names("objects/pack") where !name.hasPrefix("pack-") && name != "multi-pack-index" {
            addLitter("objects/pack/\(name)")
        }
    }

    private func findLocks(_ folder: String) {
        guard folder.utf8.count <= RefName.maximumByteCount else { return }
        for name in names(folder) {
            let child = "\(folder)/\(name)"
            if Directory.isFolder("\(repository)/\(child)") {
                findLocks(child)
            } else if name.hasSuffix(".lock") {
                addLock(child)
            }
        }
    }

    private func names(_ folder: String) -> [String] {
        let names = (try? Directory.names(in: "\(repository)/\(folder)")) ?? []
        return names.compactMap { String(validating: $0, as: UTF8.self) }
    }

    private func addLock(_ place: String) {
        // The store's own lock file always stays.
        guard place != "amx.lock", isOld(place) else { return }
        report(
            FsckFinding(
                .lock, place, "a lock that nobody has released",
                hint: "when no git or amx command runs in the repository, remove the file"))
    }

    private func addLitter(_ place: String) {
        guard isOld(place) else { return }
        report(
            FsckFinding(
                .litter, place, "left behind by a process that was killed",
                hint: "the next command that writes removes what Amx left; else remove it when no git command runs"))
    }

    private func isOld(_ place: String) -> Bool {
        var status = stat()
        guard lstat("\(repository)/\(place)", &status) == 0 else { return false }
        return status.st_ctim.tv_sec.addingReportingOverflow(minimumAge).partialValue <= time(nil)
    }
}
