import Foundation
import TestSupport
import Testing

/// Names and contents that would steer a terminal: branches with control sequences of eight bits or marks that turn text round,
/// which git allows, and escapes in a file.
@Suite(.onTestThreads) struct HostileTextTests {
    /// Runs a program on a pseudo-terminal and prints what appeared.
    private static let terminal = """
        import os, pty, sys
        pty.spawn(sys.argv[1:])
        """
    private static let name = "x\u{9B}31m\u{202E}y"

    private func onTerminal(_ user: AmxTool, color: Bool, _ arguments: String...) throws -> String {
        var environment = user.environment.merging(["TERM": "xterm"]) { $1 }
        environment["NO_COLOR"] = color ? nil : "1"
        return try Tool.run(
            "python3", ["-c", Self.terminal, Executables.amx] + arguments, in: user.directory, environment: environment
        ).text
    }

    @Test(arguments: [true, false]) func nothingSteersATerminal(color: Bool) throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        #expect(try user.run("branch", "refunds", Self.name).status == 0)
        try user.write("refunds", "notes.txt", "a\u{1B}]0;title\u{7}b\n")
        let branches = try onTerminal(user, color: color, "branch", "refunds")
        #expect(branches.contains("x\\u{9b}31m\\u{202e}y"))
        let json = try onTerminal(user, color: color, "branch", "refunds", "--json")
        #expect(json.contains("x\\u009b31m\\u202ey"))
        let diff = try onTerminal(user, color: color, "diff", "refunds")
        #expect(diff.contains("a\\u{1b}]0;title\\u{7}b"))
        for text in [branches, json, diff] {
            #expect(!text.unicodeScalars.contains { ["\u{9B}", "\u{202E}", "\u{7}"].contains($0) })
            #expect(!text.contains("\u{1B}]"))
        }
        // Where no person looks, the bytes are what they are.
        #expect(try user.run("diff", "refunds").text.contains("+a\u{1B}]0;title\u{7}b\n"))
    }
}
