import ArgumentParser
import Objects

/// Turns what the argument parser says about a wrong command line into an error with advice.
enum UsageAdvice {
    /// The error for a message of the argument parser.
    static func error(_ message: String, arguments: [String]) -> AmxError {
        let line = Line(arguments)
        let help = "run `\(line.path.joined(separator: " ")) --help`"
        if let word = line.unknown {
            let near =
                line.names.filter { distance(word, $0) <= max(1, word.count / 3) }
                .min { distance(word, $0) < distance(word, $1) }
                ?? line.names.first { word.count > 1 && $0.hasPrefix(word) }
            return AmxError(
                .usage, "'\(word)' is not a command of \(line.path.joined(separator: " "))",
                hint: near.map { "did you mean '\($0)'?" } ?? "\(help) for the list")
        }
        var text = String(message.prefix { $0 != "\n" })
        var hint = "\(help) for its arguments"
        if let advice = text.firstRange(of: ". Did you mean") {
            // The parser offers its nearest option, however far that is.
            let words = text.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
            if words.count == 5, distance(words[1], words[3]) <= max(2, words[1].count / 3) {
                hint = "did you mean '\(words[3])'?"
            }
            text = String(text[..<advice.lowerBound])
        }
        return AmxError(.usage, text.prefix(1).lowercased() + text.dropFirst(), hint: hint)
    }

    /// How far a command line leads down the tree of commands.
    private struct Line {
        var path = ["amx"]
        /// The first word that should be a command and is none.
        var unknown: String?
        /// The commands that could stand there.
        var names: [String] = []

        init(_ arguments: [String]) {
            var command: any ParsableCommand.Type = Amx.self
            var words = arguments[...]
            while let word = words.popFirst() {
                if word == "-C" { _ = words.popFirst() }
                if word.hasPrefix("-") { continue }
                let configuration = command.configuration
                let children = configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
                guard !children.isEmpty else { return }
                names = children.map(Self.name)
                guard let child = children.first(where: { Self.name($0) == word }) else {
                    unknown = word
                    return
                }
                path.append(word)
                command = child
            }
        }

        private static func name(_ command: any ParsableCommand.Type) -> String {
            command.configuration.commandName ?? "\(command)".lowercased()
        }
    }

    /// The number of letters to insert, drop, replace or swap with their neighbour.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8.prefix(64)), Array(right.utf8.prefix(64)))
        var rows = [Array(0...right.count)]
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
