package import ArgumentParser
import Capsules

/// A command as the argument parser describes it: the one source of help, manual pages and completion.
package struct CommandDescription {
    /// Its names, from that of the program on.
    package let path: [String]
    /// One line that says what it does.
    package let abstract: String
    /// More about it, with examples at the end.
    package let discussion: String
    /// How it is called; lines without the word `USAGE:`.
    package let usage: [String]
    /// What stands at places.
    package let positionals: [ArgumentDescription]
    /// What is named by hyphens.
    package let options: [ArgumentDescription]
    /// The commands below, in the order of the help, without hidden ones.
    package let children: [CommandDescription]
    /// The command below that is meant when none is named.
    package let defaultChild: String?

    /// Its own name.
    package var name: String { path.last ?? "" }

    /// A program's root command and all commands below; nil if the parser's description cannot be read.
    package init?(of root: any ParsableCommand.Type) {
        guard let dump = try? JSONParser.parse(root._dumpHelp()), let command = dump["command"] else { return nil }
        self.init(command, type: root, above: [])
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
    package func descendant(_ names: some Sequence<String>) -> CommandDescription? {
        var current = self
        for name in names {
            guard let next = current.children.first(where: { $0.name == name }) else { return nil }
            current = next
        }
        return current
    }

    /// This command and all below it.
    package var family: [CommandDescription] { [self] + children.flatMap(\.family) }

    private static func usage(
        _ text: String?, path: [String], positionals: [ArgumentDescription], hasChildren: Bool
    ) -> [String] {
        if let text {
            return text.split(separator: "\n").map { line in
                let line = line.drop { $0 == " " }
                let program = path.first ?? ""
                return line.hasPrefix("\(program) ") || line == program ? String(line) : "\(program) \(line)"
            }
        }
        let places = positionals.map { argument in
            let name = "<\(argument.valueName)>\(argument.isRepeating ? " ..." : "")"
            return argument.isOptional ? "[\(name)]" : name
        }
        return [(path + (hasChildren ? ["<command>"] : []) + places + ["[<options>]"]).joined(separator: " ")]
    }
}
