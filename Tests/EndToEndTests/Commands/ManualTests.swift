import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import amx

/// Manual pages, and the examples that help and pages have.
@Suite(.onTestThreads) struct ManualTests {
    private static func has(_ program: String) -> Bool {
        (try? Tool.run("sh", ["-c", "command -v \(program)"], in: "/").status) == 0
    }

    private static func pages() throws -> (user: AmxTool, files: [String]) {
        let user = try AmxTool()
        let files = try user.json("man", "--output", "pages")["files"].array.compactMap(\.string)
        return (user, files)
    }

    @Test func everyCommandHasItsPage() throws {
        let (_, files) = try Self.pages()
        let names = Set(files.map { ($0 as NSString).lastPathComponent })
        #expect(names.contains("amx.1") && !names.contains("amx-complete.1"))
        for command in HelpTests.commands { #expect(names.contains("amx-\(command.joined(separator: "-")).1")) }
        #expect(names.count == HelpTests.commands.count + 1)
    }

    @Test(.enabled("groff is not installed") { has("groff") }) func groffTakesThemWithoutWarnings() throws {
        let (user, files) = try Self.pages()
        let outcome = try Tool.run(
            "groff", ["-man", "-ww", "-z", "-Tutf8"] + files, in: user.directory, environment: user.environment)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    }

    @Test(.enabled("mandoc is not installed") { has("mandoc") }) func mandocTakesThemWithoutWarnings() throws {
        let (user, files) = try Self.pages()
        let outcome = try Tool.run("mandoc", ["-Tlint", "-Wwarning"] + files, in: user.directory)
        #expect(outcome.status == 0 && outcome.text.isEmpty, "\(outcome.text)\(outcome.errors)")
    }

    /// The text of a page is that of the help, whatever roff makes of hyphens and quotes.
    @Test(.enabled("groff is not installed") { has("groff") }) func aPageSaysWhatTheHelpSays() throws {
        let user = try AmxTool()
        for command in HelpTests.commands {
            let page = try user.run(["man"] + command)
            #expect(page.status == 0)
            let shown = try Tool.run(
                "groff", ["-man", "-Tascii", "-P-c", "-P-b", "-P-o", "-P-u", "-rHY=0", "-rLL=500n"], in: user.directory,
                environment: user.environment, input: page.output
            ).text
            let help = try user.run(command + ["--help"]).text
            let words = { (text: String) in text.split(whereSeparator: \.isWhitespace).map(String.init) }
            let found = Set(words(shown))
            for word in words(help.components(separatedBy: "\nUSAGE:")[0]).dropFirst() {
                #expect(found.contains(word), "\(command): \(word)")
            }
        }
    }

    @Test func unknownCommands() throws {
        let user = try AmxTool()
        try user.fails(3, "man", "comit", saying: "did you mean 'commit'?")
        try user.fails(3, "man", "remote", "ad", saying: "did you mean 'add'?")
        try user.fails(2, "man", "log", "--output", "x", saying: "all commands")
    }

    // MARK: Examples

    /// The commands of the examples in a help text, as words.
    private static func examples(_ help: String) -> [[String]] {
        let lines = help.split(separator: "\n").filter { $0.hasPrefix("  amx ") }
        return lines.flatMap { $0.split(separator: #/ (?:&&|\|) |^  /#).map(String.init) }.compactMap { text in
            let command = text.split(separator: #/ [<>] /#)[0].trimmingCharacters(in: .whitespaces)
            guard command.hasPrefix("amx ") else { return nil }
            var words: [String] = []
            for (index, part) in command.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
                if index % 2 == 1 {
                    words.append(String(part))
                } else {
                    words += part.split(separator: " ").map(String.init)
                }
            }
            let digest = "sha256:\(String(repeating: "0", count: 64))"
            return words.dropFirst().map { $0 == "sha256:..." ? digest : $0 }
        }
    }

    @Test func everyExampleIsACommandLine() throws {
        let user = try AmxTool()
        for command in [[]] + HelpTests.commands {
            let help = try user.run(command + ["--help"]).text
            #expect(help.contains("\nUSAGE: amx"))
            let examples = Self.examples(help.components(separatedBy: "USAGE:")[0])
            #expect(!examples.isEmpty, "\(command)")
            for example in examples {
                #expect(throws: Never.self, "amx \(example.joined(separator: " "))") { try Amx.parseAsRoot(example) }
            }
            #expect(examples.contains { $0.starts(with: command) }, "\(command)")
        }
    }
}
