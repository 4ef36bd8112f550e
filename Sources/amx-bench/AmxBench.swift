import ArgumentParser

/// Measures Amx: beside git in one run on one machine, and at sizes that git has no command for.
@main
struct AmxBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "amx-bench",
        abstract: "Measure Amx.",
        discussion: """
            Run it on an idle machine, from a release build:

                swift build -c release && .build/release/amx-bench
            """,
        subcommands: [
            Compare.self, Scale.self, Resolve.self, Order.self, Install.self, Events.self, EventWriter.self, Runs.self,
        ],
        defaultSubcommand: Compare.self)
}
