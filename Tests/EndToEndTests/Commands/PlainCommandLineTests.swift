import ArgumentParser
import TestSupport
import Testing

@testable import amx

/// What is read without the parser is what the parser reads.
@Suite(.onTestThreads) struct PlainCommandLineTests {
    private static let flags: [[String]] = [
        [], ["--json"], ["-q"], ["--quiet"], ["--no-pager"], ["--dry-run"], ["--frozen"], ["--offline"], ["--approve"],
        ["--json", "--frozen"], ["--dry-run", "-q"], ["-q", "--dry-run", "--offline", "--json", "--no-pager"],
        ["--approve", "--quiet", "--frozen", "--json"], ["-q", "--quiet"], ["--json", "--json"],
    ]

    static let lines = ["install", "update", "tree"].flatMap { name in flags.map { [name] + $0 } }

    /// What a command line leads to, as text; nil for one that is wrong.
    private static func text(_ command: (any ParsableCommand)?) -> String? {
        func text(_ global: GlobalOptions) -> String {
            "\(global.asJSON) \(global.quiet) \(global.noPager) \(global.directories) \(String(describing: global.color))"
        }
        func text(_ options: InstallationOptions) -> String {
            "\(options.isDryRun) \(options.isOffline) \(options.approve)"
        }
        switch command {
        case let install as Install:
            return "install \(install.requirements) \(install.frozen) \(text(install.options)) \(text(install.global))"
        case let update as Update: return "update \(update.ids) \(text(update.options)) \(text(update.global))"
        case let tree as Tree:
            return "tree \(String(describing: tree.id)) \(String(describing: tree.depth)) \(text(tree.global))"
        default: return nil
        }
    }

    @Test(arguments: lines) func agreesWithTheParser(_ line: [String]) throws {
        let parsed = Self.text(try? Amx.parseAsRoot(line))
        guard let plain = PlainCommandLine.command(line) else { return }
        #expect(Self.text(plain) == parsed)
        #expect(parsed != nil)
    }

    @Test func readsWhatItIsFor() {
        for line in [
            ["install"], ["install", "--dry-run"], ["install", "--frozen", "--json"], ["update"], ["tree", "-q"],
        ] {
            #expect(PlainCommandLine.command(line) != nil, "\(line)")
        }
    }

    @Test(arguments: [
        [], ["instal"], ["install", "a"], ["install", "--dry"], ["install", "--no-frozen"], ["install", "--help"],
        ["install", "-h"], ["install", "--"], ["install", "--color", "never"], ["install", "-C", "x"],
        ["update", "--frozen"],
        ["tree", "--dry-run"], ["tree", "--depth", "1"], ["--json", "install"], ["install", "--json", "--json"],
        ["install", "--version"], ["install", ""], ["status"],
    ])
    func leavesTheRestToTheParser(_ line: [String]) {
        #expect(PlainCommandLine.command(line) == nil)
    }
}
