import ArgumentParser
import Objects

/// `amx-hub completions`.
struct Completions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print what a shell needs to complete command lines of amx-hub.",
        usage: "amx-hub completions <shell>",
        discussion: """
            The shell then completes commands and options.

            Example:
              amx-hub completions bash > /usr/local/share/bash-completion/completions/amx-hub
              amx-hub completions zsh > /usr/local/share/zsh/site-functions/_amx-hub
              amx-hub completions fish > ~/.config/fish/completions/amx-hub.fish
            """)

    @Argument(help: "bash, zsh or fish.") var shell: String
    @OptionGroup var json: JSONOption

    private struct Script: Encodable {
        let shell: String
        let script: String
    }

    func run() throws {
        guard let known = CompletionShell(rawValue: shell) else {
            throw AmxError(
                .usage, "'\(shell)' is not a shell that amx-hub has completions for",
                hint: NearNames.hint(for: shell, among: CompletionShell.allCases.map(\.rawValue))
                    ?? "there are some for bash, zsh and fish")
        }
        let script = AmxHub.completionScript(for: known)
        if json.isOn { return try Terminal.printJSON(Script(shell: shell, script: script)) }
        Terminal.printLine(script)
    }
}
