import Manuals
import Objects

/// Turns what the argument parser says about a wrong command line into an error with advice.
enum UsageAdvice {
    /// The error for a message of the argument parser.
    static func error(_ message: String, arguments: [String]) -> AmxError {
        guard let line = CommandLineWords(arguments) else { return AmxError(.usage, message) }
        if let error = unknownCommand(line) { return error }
        let help = "run `\(line.command.path.joined(separator: " ")) --help`"
        var text = String(message.prefix { $0 != "\n" })
        var hint = "\(help) for its arguments"
        if let advice = text.firstRange(of: ". Did you mean") { text = String(text[..<advice.lowerBound]) }
        if text.hasPrefix("Unknown option '"), let word = text.split(separator: "'").dropFirst().first {
            // Among options of one letter every one is near.
            let names = line.command.options.flatMap(\.names).filter { _ in word.hasPrefix("--") }
            hint =
                ForeignWords.advice(on: String(word), of: line.command.path)
                ?? NearNames.hint(for: String(word), among: names) ?? hint
        }
        return AmxError(.usage, text.prefix(1).lowercased() + text.dropFirst(), hint: hint)
    }

    /// Refuses to explain a command that there is not: the argument parser would explain the one above it.
    static func checkHelp(_ arguments: [String]) throws(AmxError) {
        guard let index = arguments.firstIndex(where: { !$0.hasPrefix("-") }), arguments[index] == "help",
            let line = CommandLineWords(Array(arguments[(index + 1)...])), let error = unknownCommand(line)
        else { return }
        throw error
    }

    private static func unknownCommand(_ line: CommandLineWords) -> AmxError? {
        guard let word = line.unknown else { return nil }
        let name = line.command.path.joined(separator: " ")
        return AmxError(
            .usage, "'\(word)' is not a command of \(name)",
            hint: ForeignWords.advice(on: word, of: line.command.path)
                ?? NearNames.hint(for: word, among: line.command.children.map(\.name))
                ?? "run `\(name) --help` for the list")
    }
}
