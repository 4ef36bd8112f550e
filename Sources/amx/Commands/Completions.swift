import ArgumentParser
import Capsules
import Objects

/// `amx completions`.
struct Completions: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print what a shell needs to complete command lines of amx.",
        usage: "amx completions <shell>",
        discussion: """
            The shell then completes commands, options, capsules, revisions, branches, remotes, files of capsules and settings. \
            The text says how to install it.

            Example:
              amx completions bash > ~/.local/share/bash-completion/completions/amx
              amx completions zsh > ~/.zsh/functions/_amx
              amx completions fish > ~/.config/fish/completions/amx.fish
            """)

    @Argument(help: "bash, zsh or fish.") var shell: String
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        guard let script = CompletionScript(rawValue: shell) else {
            throw AmxError(
                .usage, "'\(shell)' is not a shell that amx has completions for",
                hint: NearNames.hint(for: shell, among: CompletionScript.allCases.map(\.rawValue))
                    ?? "there are some for bash, zsh and fish")
        }
        try output.show(json: ["shell": .string(shell), "script": .string("\(script.text)\n")]) { _ in
            Array("\(script.text)\n".utf8)
        }
    }
}
