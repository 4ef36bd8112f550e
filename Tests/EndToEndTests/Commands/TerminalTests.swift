import Foundation
import TestSupport
import Testing

/// What differs when a person looks at a terminal.
@Suite(.onTestThreads) struct TerminalTests {
    /// Runs a program on a pseudo-terminal, types when it asks, and prints what appeared; exits as the program does.
    private static let terminal = """
        import os, pty, sys
        keys = os.environ.pop("KEYS", "").encode().decode("unicode_escape").encode()
        pid, fd = pty.fork()
        if pid == 0:
            os.execv(sys.argv[1], sys.argv[1:])
        seen = b""
        while True:
            try:
                part = os.read(fd, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
            if keys and seen.endswith(b": "):
                os.write(fd, keys)
                keys = b""
        sys.stdout.buffer.write(seen)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """

    private func onTerminal(
        _ user: AmxTool, _ arguments: String..., environment: [String: String] = [:]
    ) throws -> Tool.Outcome {
        let base = ["NO_COLOR": "", "TERM": "xterm"]
        return try Tool.run(
            "python3", ["-c", Self.terminal, Executables.amx] + arguments, in: user.directory,
            environment: user.environment.merging(base) { $1 }.merging(environment) { $1 })
    }

    @Test func colourIsForTerminalsThatWantIt() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        #expect(try onTerminal(user, "status").text.contains("\u{1B}[32mclean\u{1B}[0m"))
        for quiet in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
            #expect(try !onTerminal(user, "status", environment: quiet).text.contains("\u{1B}"))
        }
        #expect(try !user.run("status").text.contains("\u{1B}"))
        #expect(try onTerminal(user, "log", "nothere").text.hasPrefix("\u{1B}[31merror:\u{1B}[0m "))
        #expect(try onTerminal(user, "status", "--json").text.hasPrefix("{\r\n  \"capsules\": ["))
    }

    @Test func aTokenIsTypedUnseen() throws {
        let user = try AmxTool()
        let typed = try onTerminal(user, "login", "https://hub.example", environment: ["KEYS": "secreX\\x7ft-token\\n"])
        #expect(typed.status == 0 && typed.text.contains("Token for https://hub.example: "), "\(typed.text)")
        #expect(!typed.text.contains("secre"))
        let stored = String(decoding: try user.home.read(".config/amx/credentials"), as: UTF8.self)
        #expect(stored.contains("https://hub.example amx secret-token\n"))
    }

    @Test func aPromptCanBeLeft() throws {
        let user = try AmxTool()
        let left = try onTerminal(user, "login", "https://hub.example", environment: ["KEYS": "secret\\x03"])
        #expect(left.status == 130)
        #expect(!FileManager.default.fileExists(atPath: user.home.appending(".config/amx/credentials")))
    }
}
