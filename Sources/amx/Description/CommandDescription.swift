import ArgumentParser
import Capsules

/// A command as the argument parser describes it: the one source of help, manual pages and completion.
struct CommandDescription {
    /// Its names, from `amx` on.
    let path: [String]
    /// One line that says what it does.
    let abstract: String
    /// More about it, with examples at the end.
    let discussion: String
    /// How it is called; lines without the word `USAGE:`.
    let usage: [String]
    /// What stands at places.
    let positionals: [ArgumentDescription]
    /// What is named by hyphens.
    let options: [ArgumentDescription]
    /// The commands below, in the order of the help, without hidden ones.
    let children: [CommandDescription]
    /// The command below that is meant when none is named.
    let defaultChild: String?

    /// Its own name.
    var name: String { path.last ?? "" }

    /// `amx` and all commands below; nil if the parser's description cannot be read.
    static var all: CommandDescription? {
        guard let dump = try? JSONParser.parse(Amx._dumpHelp()), let command = dump["command"] else { return nil }
        return CommandDescription(command, type: Amx.self, above: [])
    }

    private init(_ dump: JSONValue, type: any ParsableCommand.Type, above: [String]) {
        let configuration = type.configuration
        path = above + [dump["commandName"]?.string ?? ""]
        abstract = configuration.abstract
        discussion = configuration.discussion
        defaultChild = dump["defaultSubcommand"]?.string
        var arguments: [ArgumentDescription] = []
        for argument in dump["arguments"]?.array ?? [] where argument["shouldDisplay"]?.bool == true {
            arguments.append(ArgumentDescription(argument))
        }
        positionals = arguments.filter(\.names.isEmpty)
        options = arguments.filter { !$0.names.isEmpty }
        var types: [String: any ParsableCommand.Type] = [:]
        for child in configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands) {
            types[child._commandName] = child
        }
        var children: [CommandDescription] = []
        for child in dump["subcommands"]?.array ?? [] where child["shouldDisplay"]?.bool != false {
            guard let type = types[child["commandName"]?.string ?? ""] else { continue }
            children.append(CommandDescription(child, type: type, above: path))
        }
        self.children = children
        usage = Self.usage(configuration.usage, path: path, positionals: positionals, hasChildren: !children.isEmpty)
    }

    /// The command at the end of some names below this one.
    func descendant(_ names: some Sequence<String>) -> CommandDescription? {
        var current = self
        for name in names {
            guard let next = current.children.first(where: { $0.name == name }) else { return nil }
            current = next
        }
        return current
    }

    /// This command and all below it.
    var family: [CommandDescription] { [self] + children.flatMap(\.family) }

    private static func usage(
        _ text: String?, path: [String], positionals: [ArgumentDescription], hasChildren: Bool
    ) -> [String] {
        if let text {
            return text.split(separator: "\n").map { line in
                let line = line.drop { $0 == " " }
                return line.hasPrefix("amx ") || line == "amx" ? String(line) : "amx \(line)"
            }
        }
        let places = positionals.map { argument in
            let name = "<\(argument.valueName)>\(argument.isRepeating ? " ..." : "")"
            return argument.isOptional ? "[\(name)]" : name
        }
        return [(path + (hasChildren ? ["<command>"] : []) + places + ["[<options>]"]).joined(separator: " ")]
    }
}
