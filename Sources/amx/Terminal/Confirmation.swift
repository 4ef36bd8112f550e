import Glibc
import Objects

/// Asks before something is done that cannot be taken back easily.
enum Confirmation {
    /// Returns when the user agrees, by `--yes` or by typing `y`; else throws: `.usage` without a terminal, `.interrupted` for
    /// any other answer.
    ///
    /// What is at stake has been told before; `question` ends with a question mark.
    static func ask(_ question: String, isAgreed: Bool, nothingDone: String) throws(AmxError) {
        guard !isAgreed else { return }
        guard isatty(0) == 1, StandardStream.error.isTerminal else {
            throw AmxError(
                .usage, "\(nothingDone): there is no terminal to ask for agreement on", hint: "agree with --yes")
        }
        try StandardStream.error.write(Array("\(Style.visible(question)) [y/N] ".utf8))
        let answer = readLine(strippingNewline: true)?.lowercased()
        if answer == nil { try StandardStream.error.write([UInt8(ascii: "\n")]) }
        guard answer == "y" || answer == "yes" else { throw AmxError(.interrupted, nothingDone) }
    }
}
