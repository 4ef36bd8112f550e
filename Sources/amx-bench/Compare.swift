import ArgumentParser

/// `amx-bench compare`: both programs at the same work.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure Amx beside git in one run (the default).",
        discussion: """
            Each row runs both programs in turn on the same data, several times, and shows the medians. Run it on an idle \
            machine, from a release build:

                swift build -c release && .build/release/amx-bench
            """)

    @Option(help: "How often each command runs.")
    var rounds = 11

    @Option(help: "Only rows whose name contains this text.")
    var only: String?

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
    }

    func run() throws {
        let bench = try Bench(rounds: rounds)
        defer { bench.cleanUp() }
        print("| what | amx ms | git ms | git / amx |")
        print("|---|---|---|---|")
        for row in Row.allCases where only.map({ row.rawValue.contains($0) }) ?? true {
            let result = try bench.measure(row)
            print("| \(row.rawValue) | \(result.amx) | \(result.git) | \(result.ratio) |")
        }
    }
}
