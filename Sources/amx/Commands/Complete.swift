import ArgumentParser
import Objects

/// `amx complete`, which the scripts of `amx completions` call: prints what the last word may become.
///
/// The first line is `none`, `files` or `directories`: what the shell adds by itself. Each further one is a word, a tab and its
/// meaning. It never fails: a shell would show the error in the middle of a line that is being typed.
struct Complete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete", abstract: "Complete a command line, for shells.", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough) var words: [String] = []

    func run() {
        let completion = Completion(words.first == "--" ? Array(words.dropFirst()) : words)
        var lines = [completion.paths.rawValue]
        for candidate in completion.candidates where Self.isSafe(candidate.text) {
            lines.append("\(candidate.text)\t\(Self.isSafe(candidate.meaning) ? candidate.meaning : "")")
        }
        try? StandardStream.output.write(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// Whether a text is one line that does not steer a terminal.
    private static func isSafe(_ text: String) -> Bool {
        Style.visible(text) == text && !text.contains(where: \.isNewline) && !text.contains("\t")
    }
}
