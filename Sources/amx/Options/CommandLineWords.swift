import Manuals
import Objects

/// How far the words of a command line lead down the tree of commands.
struct CommandLineWords {
    /// The command that is reached.
    private(set) var command: CommandDescription
    /// The words behind it, options and all.
    private(set) var rest: [String] = []
    /// The first word that should be a command and is none.
    private(set) var unknown: String?

    /// Follows the words after the program's name.
    init?(_ arguments: [String]) {
        guard let all = CommandDescription.all else { return nil }
        command = all
        var words = arguments[...]
        while let word = words.popFirst() {
            rest.append(word)
            if word == "--" { break }
            if word.hasPrefix("-") {
                if takesValue(word), let value = words.popFirst() { rest.append(value) }
            } else if command.children.isEmpty {
                break
            } else if let child = command.descendant([word]) {
                command = child
                rest.removeLast()
            } else {
                // With a default command, the word may be that one's argument.
                let other = command.defaultChild.flatMap { command.descendant([$0]) }
                if let other, !other.positionals.isEmpty { command = other } else { unknown = word }
                break
            }
        }
        rest += words
    }

    /// Whether the next word belongs to an option.
    private func takesValue(_ option: String) -> Bool {
        command.options.contains { $0.names.contains(option) && !$0.valueName.isEmpty }
    }
}
