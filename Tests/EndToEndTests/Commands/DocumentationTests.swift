import Foundation
import TestSupport
import Testing

/// `docs/cli.md` says what `amx` does.
@Suite(.onTestThreads) struct DocumentationTests {
    static let page: String = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let page = folder.appendingPathComponent("docs/cli.md")
            if let text = try? String(contentsOf: page, encoding: .utf8) { return text }
        }
        return ""
    }()

    @Test(arguments: HelpTests.commands) func everyCommandHasItsHeading(_ command: [String]) {
        // A heading may list the words that follow the same first one.
        let whole = "`amx \(command.joined(separator: " "))"
        #expect(
            Self.page.contains(whole)
                || Self.page.contains("### `amx \(command[0])") && Self.page.contains("`\(command[command.count - 1])"))
    }

    @Test func theSessionsOnThePageAreTrue() throws {
        let user = try AmxTool()
        // The page's folder in /tmp is one of this run.
        let other = user.home.appending("amx-cli-page")
        var directory = user.home.path
        let sessions = Self.page.split(separator: "```console\n").dropFirst().map { block in
            block.split(separator: "```", maxSplits: 1)[0]
        }
        #expect(sessions.count > 10)
        for session in sessions {
            var expected = session.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
            while let command = expected.popFirst() {
                guard command.hasPrefix("$ ") else { continue }
                let output = expected.prefix { !$0.hasPrefix("$ ") }
                expected = expected.dropFirst(output.count)
                let line = command.dropFirst(2).replacing("/tmp/amx-cli-page", with: other)
                let script = "\(line); status=$?; pwd >&3; exit $status"
                let outcome = try Tool.run(
                    "sh", ["-c", "exec 3>'\(user.home.appending("cwd"))'; \(script)"], in: directory,
                    environment: user.environment.merging(["PATH": Self.path]) { $1 })
                directory = String(decoding: try user.home.read("cwd"), as: UTF8.self).trimmingCharacters(in: .newlines)
                let text = Transcript.plain(
                    (outcome.text + outcome.errors).replacing(other, with: "/tmp/amx-cli-page"), home: user.home.path)
                #expect(outcome.status == 0, "\(command): \(outcome.errors)")
                #expect(
                    text.trimmingCharacters(in: .newlines)
                        == output.joined(separator: "\n").trimmingCharacters(in: .newlines),
                    "\(command)")
            }
        }
    }

    private static var path: String {
        let folder = (Executables.amx as NSString).deletingLastPathComponent
        return "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
    }
}
