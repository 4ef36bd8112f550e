import Foundation
import TestSupport
import Testing

/// What differs when a person looks at a terminal.
@Suite(.onTestThreads) struct TerminalTests {
    private func onTerminal(
        _ user: AmxTool, _ arguments: String..., environment: [String: String] = [:]
    ) throws -> Tool.Outcome { try user.onTerminal(arguments, environment: environment) }

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
