import Foundation

/// A hub in a temporary folder, and a user's surroundings to run programs in.
final class BenchHub {
    /// Where everything lies.
    let folder: String
    /// `amx`, which stands beside this program as `amx-hub` does.
    let amx: String
    /// Runs programs as a user of the hub.
    let program: Program
    /// The address of the owner `bench`.
    let owner: String
    /// The owner's token.
    let token: String
    private let process: Process

    /// Starts the hub on a free port; `place` is the folder in which the temporary one is made.
    init(in place: String = FileManager.default.temporaryDirectory.path) throws {
        let here = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        amx = "\(here)/amx"
        folder = "\(place)/amx-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: "\(folder)/home", withIntermediateDirectories: true)
        let quiet = [
            "HOME": "\(folder)/home", "XDG_CONFIG_HOME": "\(folder)/home/.config", "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_TERMINAL_PROMPT": "0",
        ]
        let answer = try Program(environment: quiet).read(
            "\(here)/amx-hub", ["init", "--data", "\(folder)/hub", "--owner", "bench", "--json"])
        token = try JSONDecoder().decode([String: String].self, from: Data(answer.utf8))["token"] ?? ""
        program = Program(environment: quiet.merging(["AMX_TOKEN": token]) { $1 })
        let served = try program.start(
            "\(here)/amx-hub", ["serve", "--data", "\(folder)/hub", "--listen", "127.0.0.1:0"])
        process = served.process
        owner = "\(served.line)/bench"
    }

    /// Ends the hub and removes the folder.
    func cleanUp() {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
