import ArgumentParser
import Capsules
import Manuals

/// `amx man`.
struct Man: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "man", abstract: "Print manual pages, made of the same text as --help.",
        usage: "amx man [<command> ...]\namx man --output <dir>",
        discussion: """
            One page, in the form that man reads; with --output, a file for every command.

            Example:
              amx man remote add | man -l -
              amx man --output ~/.local/share/man/man1
            """)

    @Argument(help: ArgumentHelp("A command; by default amx itself.", valueName: "command")) var command: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("Write all pages into this directory.", valueName: "dir"))
    var output: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if output != nil, !command.isEmpty { throw ValidationError("--output writes the pages of all commands") }
    }

    func run(_ output: Output) throws {
        let manual = try Manual(of: Amx.self, version: Amx.version, date: Amx.date)
        guard let folder = self.output else {
            let page = try manual.page(of: command)
            return try output.show(json: ["name": .string(page.name), "page": .string(page.text)]) { _ in
                Array(page.text.utf8)
            }
        }
        let path = try WorkingDirectory.absolute(folder)
        let files = try manual.write(to: path)
        try output.confirm(json: ["files": .strings(files)]) { _ in
            "Wrote \(files.count) pages to \(WorkingDirectory.shown(path))"
        }
    }
}
