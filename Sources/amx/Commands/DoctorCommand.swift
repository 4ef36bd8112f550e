import ArgumentParser
import Capsules
import Glibc
import Objects
import Runners

/// `amx doctor`.
struct DoctorCommand: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Try what capsules need to run, and say what this machine lacks.",
        discussion: """
            Each thing is tried, not only looked for. Exit status 1 where nothing at all can run.

            Example:
              amx doctor
            """)

    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let folder = "\(Environment["TMPDIR"] ?? "/tmp")/\(Directory.temporaryName("amx-doctor"))"
        try Directory.create(folder, mode: 0o755)
        defer { try? Directory.remove(folder) }
        let worker = try RunSession.workerPath()
        let checks = Doctor(
            worker: worker, in: folder, machines: MachineSettings.machines(worker) { MachineSettings.announce(output) }
        ).checks()
        try output.show(json: ["checks": .array(checks.map(\.json))]) { style in
            var table = Table()
            for check in checks {
                let state =
                    switch check.state {
                    case .ok: style.green(check.state.rawValue)
                    case .limited: style.yellow(check.state.rawValue)
                    case .missing: style.red(check.state.rawValue)
                    }
                table.add(style.bold(check.name), state, check.detail + (check.hint.map { "; \($0)" } ?? ""))
            }
            return table.text()
        }
        guard let failed = checks.first(where: { $0.isNeeded && $0.state == .missing }) else { return }
        throw AmxError(.failure, "capsules cannot run here: \(failed.detail)", hint: failed.hint)
    }
}
