import ArgumentParser
import TestSupport
import Testing

@testable import amx

/// What is read without the parser is what the parser reads.
@Suite(.onTestThreads) struct PlainCommandLineTests {
    private static let flags: [[String]] = [
        [], ["--json"], ["-q"], ["--quiet"], ["--no-pager"], ["--dry-run"], ["--frozen"], ["--offline"], ["--approve"],
        ["--json", "--frozen"], ["--dry-run", "-q"], ["-q", "--dry-run", "--offline", "--json", "--no-pager"],
        ["--approve", "--quiet", "--frozen", "--json"], ["-q", "--quiet"], ["--json", "--json"], ["--load"],
        ["--load", "--json", "-q"],
    ]

    static let lines = ["install", "update", "tree"].flatMap { name in flags.map { [name] + $0 } }

    /// All properties of a command, as text; nil for none.
    private static func text(_ command: (any ParsableCommand)?) -> String? {
        guard let command else { return nil }
        var text = ""
        dump(command, to: &text)
        return text
    }

    @Test(arguments: lines) func agreesWithTheParser(_ line: [String]) throws {
        guard let plain = Self.text(PlainCommandLine.command(line)) else { return }
        #expect(plain == Self.text(try Amx.parseAsRoot(line)))
        // What has no value yet is one of these.
        #expect(plain.contains("value") && !plain.contains("definition"))
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
