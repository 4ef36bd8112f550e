/// Checks a repository's `config`, and the store's own lock file.
///
/// What Amx writes into a new repository is known to the last bit. Settings that others have added are only read: whether a
/// legal value is the one that was meant, nobody can know.
struct SettingsFsck {
    private let repository: String
    private let report: (FsckFinding) -> Void

    init(_ repository: String, _ report: @escaping (FsckFinding) -> Void) {
        self.repository = repository
        self.report = report
    }

    /// Checks both.
    func run() {
        do throws(AmxError) {
            if let problem = try configProblem() { add("config", problem) }
        } catch { add("config", error.message) }
        if let mark = try? FileContent.readStart("\(repository)/amx.lock", count: RefLock.mark.count + 1),
            !mark.isEmpty, mark != RefLock.mark
        {
            report(
                FsckFinding(
                    .lock, "amx.lock", "it does not hold the mark of the store's own lock",
                    hint: "when no amx command runs in the repository, remove the file: the next one makes it anew"))
        }
    }

    private func configProblem() throws(AmxError) -> String? {
        let path = "\(repository)/config"
        guard let bytes = try FileContent.read(path, limit: 1 << 20) else { return "it is missing" }
        let standard = Array(Repository.settings.utf8)
        if bytes == standard { return nil }
        if let place = SingleBit.place(bytes.prefix(standard.count), standard) {
            return "byte \(place) is one bit away from what Amx wrote"
        }
        if let place = bytes.firstIndex(where: { ($0 < 0x20 && ![0x09, 0x0A, 0x0D].contains($0)) || $0 == 0x7F }) {
            return "byte \(place) is a control character"
        }
        let file = try ConfigFile(path)
        _ = try file.entries(matching: ".")
        if try file.string("core.bare") == "false" { return "it says that the repository has a working tree" }
        return nil
    }

    private func add(_ place: String, _ problem: String) {
        report(
            FsckFinding(
                .config, place, problem,
                hint: "compare it with the config of another repository of the store, and correct it"))
    }
}
