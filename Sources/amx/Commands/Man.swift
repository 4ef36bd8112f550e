import ArgumentParser
import Capsules
import Objects

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
        guard let all = CommandDescription.all else { throw AmxError(.failure, "cannot describe the commands") }
        guard let folder = self.output else {
            let found = try Self.find(command, below: all)
            let parent = all.descendant(found.path.dropFirst().dropLast())
            let page = ManualPage(found, below: found.path.count > 1 ? parent : nil)
            return try output.show(
                json: ["name": .string(ManualPage.name(found)), "page": .string(page.text)]
            ) { _ in Array(page.text.utf8) }
        }
        let path = try WorkingDirectory.absolute(folder)
        try Directory.create(path)
        var files: [String] = []
        for found in all.family where found.name != "help" {
            let parent = all.descendant(found.path.dropFirst().dropLast())
            let file = "\(path)/\(ManualPage.name(found)).1"
            let page = ManualPage(found, below: found.path.count > 1 ? parent : nil)
            try AtomicFile.write(Array(page.text.utf8), to: file)
            files.append(file)
        }
        try output.confirm(json: ["files": .strings(files)]) { _ in
            "Wrote \(files.count) pages to \(WorkingDirectory.shown(path))"
        }
    }

    private static func find(_ names: [String], below all: CommandDescription) throws(AmxError) -> CommandDescription {
        var current = all
        for name in names {
            guard let next = current.descendant([name]) else {
                throw AmxError(
                    .notFound, "'\(name)' is not a command of \(current.path.joined(separator: " "))",
                    hint: NearNames.hint(for: name, among: current.children.map(\.name))
                        ?? "`\(current.path.joined(separator: " ")) --help` lists them")
            }
            current = next
        }
        return current
    }
}
