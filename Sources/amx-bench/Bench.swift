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
    private let hub: BenchHub
    private let git: String
    private var places = 0

    /// Starts a hub on a free port; `amx` and `amx-hub` stand beside this program, git is found on PATH.
    init(rounds: Int) throws {
        self.rounds = rounds
        git = try Program().read("/bin/sh", ["-c", "command -v git"])
        hub = try BenchHub()
        for (key, value) in [
            ("user.name", "Bench"), ("user.email", "bench@example.com"), ("init.defaultBranch", "main"),
            ("http.extraHeader", "Authorization: Bearer \(hub.token)"),
        ] {
            try hub.program.run(git, ["config", "--global", key, value])
        }
    }

    /// Ends the hub and removes the folder.
    func cleanUp() { hub.cleanUp() }

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
        if row == .startUp { return try hub.program.run(isAmx ? hub.amx : git, ["--version"]) }
        places += 1
        let (program, folder) = (hub.program, hub.folder)
        let side: any Side =
            isAmx
            ? AmxSide(
                program: program, amx: hub.amx, folder: "\(folder)/p\(places)", id: "bench-\(places)", owner: hub.owner)
            : GitSide(
                program: program, git: git, folder: "\(folder)/p\(places)", id: "bench-\(places)", owner: hub.owner)
        defer { try? FileManager.default.removeItem(atPath: "\(folder)/p\(places)") }
        var capsule = Capsule()
        try side.prepare()
        try capsule.write(to: side.directory, id: side.id)
        if row == .diff || row == .merge { try capsule.writeSettings(in: side.directory) }
        if row == .firstCommit { return try side.commit() }
        try side.commit()
        switch row {
        case .status: return try side.status()
        case .smallCommit:
            try capsule.appendLine(in: side.directory)
            return try side.commit()
        case .firstPush: return try side.push()
        case .diff:
            try change(&capsule, key: 10, rule: 3, in: side)
            return try side.diff()
        case .merge:
            try side.makeBranch("side")
            try change(&capsule, key: 10, rule: 3, in: side)
            try side.commit()
            try side.switchBranch("main")
            try change(&capsule, key: 300, rule: 40, in: side)
            try side.commit()
            return try side.merge("side")
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

    private func change(_ capsule: inout Capsule, key: Int, rule: Int, in side: any Side) throws {
        try capsule.writeSettings(in: side.directory, changing: key)
        try capsule.appendLine(in: side.directory, toRule: rule)
    }

    private static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }

    private static func text(_ number: Double) -> String { String(format: number < 100 ? "%.1f" : "%.0f", number) }
}
