import ArgumentParser
import Manuals
import Objects

/// `amx-hub man`.
struct Man: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man", abstract: "Print manual pages, made of the same text as --help.",
        usage: "amx-hub man [<command> ...]\namx-hub man --output <dir>",
        discussion: """
            One page, in the form that man reads; with --output, a file for every command.

            Example:
              amx-hub man token create | man -l -
              amx-hub man --output /usr/local/share/man/man1
            """)

    @Argument(help: ArgumentHelp("A command; by default amx-hub itself.", valueName: "command"))
    var command: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("Write all pages into this directory.", valueName: "dir"))
    var output: String?
    @OptionGroup var json: JSONOption

    private struct Shown: Encodable {
        let name: String
        let page: String
    }
    private struct Written: Encodable {
        let files: [String]
    }

    func validate() throws {
        if output != nil, !command.isEmpty { throw ValidationError("--output writes the pages of all commands") }
    }

    func run() throws {
        let manual = try Manual(of: AmxHub.self, version: AmxHub.version, date: AmxHub.date)
        if let output {
            let files = try manual.write(to: output)
            if json.isOn { return try Terminal.printJSON(Written(files: files)) }
            return Terminal.printLine("Wrote \(files.count) pages to \(output)")
        }
        let page = try manual.page(of: command)
        if json.isOn { return try Terminal.printJSON(Shown(name: page.name, page: page.text)) }
        Terminal.printLine(page.text.hasSuffix("\n") ? String(page.text.dropLast()) : page.text)
    }
}
