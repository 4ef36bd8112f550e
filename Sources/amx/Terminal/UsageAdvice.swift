import Objects

/// Turns what the argument parser says about a wrong command line into an error with advice.
enum UsageAdvice {
    /// The error for a message of the argument parser.
    static func error(_ message: String, arguments: [String]) -> AmxError {
        guard let line = CommandLineWords(arguments) else { return AmxError(.usage, message) }
        let name = line.command.path.joined(separator: " ")
        let help = "run `\(name) --help`"
        if let word = line.unknown {
            return AmxError(
                .usage, "'\(word)' is not a command of \(name)",
                hint: NearNames.hint(for: word, among: line.command.children.map(\.name)) ?? "\(help) for the list")
        }
        var text = String(message.prefix { $0 != "\n" })
        var hint = "\(help) for its arguments"
        if let advice = text.firstRange(of: ". Did you mean") { text = String(text[..<advice.lowerBound]) }
        if text.hasPrefix("Unknown option '"), let word = text.split(separator: "'").dropFirst().first {
            hint = NearNames.hint(for: String(word), among: line.command.options.flatMap(\.names)) ?? hint
        }
        return AmxError(.usage, text.prefix(1).lowercased() + text.dropFirst(), hint: hint)
    }
}
