import Foundation

/// A temporary folder with a hub, and both programs at work in it.
final class Bench {
    /// The medians of one row in milliseconds.
    struct Result {
        let amx: String
        let git: String
        let ratio: String
    }

    private let rounds: Int
    private let folder: String
    private let amx: String
    private let git: String
    private let program: Program
    private let hub: Process
    private let owner: String
    private var places = 0

    /// Starts a hub on a free port; `amx` and `amx-hub` stand beside this program, git is found on PATH.
    init(rounds: Int) throws {
        self.rounds = rounds
        let here = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        amx = "\(here)/amx"
        git = try Program().read("/bin/sh", ["-c", "command -v git"])
        folder = FileManager.default.temporaryDirectory.path + "/amx-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: "\(folder)/home", withIntermediateDirectories: true)
        let quiet = [
            "HOME": "\(folder)/home", "XDG_CONFIG_HOME": "\(folder)/home/.config", "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_TERMINAL_PROMPT": "0",
        ]
        let setup = Program(environment: quiet)
        let answer = try setup.read(
            "\(here)/amx-hub", ["init", "--data", "\(folder)/hub", "--owner", "bench", "--json"])
        let token = try JSONDecoder().decode([String: String].self, from: Data(answer.utf8))["token"] ?? ""
        program = Program(environment: quiet.merging(["AMX_TOKEN": token]) { $1 })
        let served = try program.start(
            "\(here)/amx-hub", ["serve", "--data", "\(folder)/hub", "--listen", "127.0.0.1:0"])
        hub = served.process
        owner = "\(served.line)/bench"
        for (key, value) in [
            ("user.name", "Bench"), ("user.email", "bench@example.com"), ("init.defaultBranch", "main"),
            ("http.extraHeader", "Authorization: Bearer \(token)"),
        ] {
            try program.run(git, ["config", "--global", key, value])
        }
    }

    /// Ends the hub and removes the folder.
    func cleanUp() {
        hub.terminate()
        hub.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Measures both programs in turn.
    func measure(_ row: Row) throws -> Result {
        var times = (amx: [Double](), git: [Double]())
        for _ in 0..<rounds {
            times.amx.append(try time(row, isAmx: true))
            times.git.append(try time(row, isAmx: false))
        }
        let (left, right) = (Self.median(times.amx), Self.median(times.git))
        return Result(amx: Self.text(left), git: Self.text(right), ratio: Self.text(right / left))
    }

    private func time(_ row: Row, isAmx: Bool) throws -> Double {
        if row == .startUp { return try program.run(isAmx ? amx : git, ["--version"]) }
        places += 1
        let side: any Side =
            isAmx
            ? AmxSide(program: program, amx: amx, folder: "\(folder)/p\(places)", id: "bench-\(places)", owner: owner)
            : GitSide(program: program, git: git, folder: "\(folder)/p\(places)", id: "bench-\(places)", owner: owner)
        defer { try? FileManager.default.removeItem(atPath: "\(folder)/p\(places)") }
        var capsule = Capsule()
        try side.prepare()
        try capsule.write(to: side.directory, id: side.id)
        if row == .firstCommit { return try side.commit() }
        try side.commit()
        switch row {
        case .status: return try side.status()
        case .smallCommit:
            try capsule.appendLine(in: side.directory)
            return try side.commit()
        case .firstPush: return try side.push()
        default: break
        }
        try side.push()
        switch row {
        case .rowsPush:
            try capsule.replaceRows(17, in: side.directory)
            try side.commit()
            return try side.push()
        case .emptyFetch: return try side.fetch()
        default: return try side.clone()
        }
    }

    private static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }

    private static func text(_ number: Double) -> String { String(format: number < 100 ? "%.1f" : "%.0f", number) }
}
