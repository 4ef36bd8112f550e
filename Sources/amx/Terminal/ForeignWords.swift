/// What users of git, cargo and gh type, and how Amx has it.
enum ForeignWords {
    /// Advice on a word behind a command's names; nil for a word that is known nowhere.
    static func advice(on word: String, of command: [String]) -> String? {
        let names = command.dropFirst().joined(separator: " ")
        let advice = names.isEmpty ? commands[word] : options["\(names) \(word)"]
        guard advice == nil, word.utf8.count > 1, let digits = Int(word.dropFirst()), names.hasSuffix("log") else {
            return advice
        }
        return "write it as `-n \(digits)`"
    }

    private static let commands: [String: String] = {
        let undo = "`amx discard` throws uncommitted changes away; commits stay"
        let commit = "nothing needs to be added: `amx commit` takes every change, also of files that are gone"
        return [
            "add": commit, "stage": commit, "rm": commit, "mv": commit,
            "checkout": "`amx switch` goes to a branch, `amx discard` throws changes away",
            "restore": undo, "reset": undo, "revert": undo,
            "rebase": "histories are not rewritten: `amx merge` brings two together",
            "tag": "`amx release` makes the tag of the manifest's version",
            "publish": "`amx release` makes a release, `amx push` brings it to a hub",
            "auth": "`amx login` stores a token",
            "list": "`amx status` lists the capsules", "ls": "`amx status` lists the capsules",
            "version": "`amx --version` prints it", "-v": "`amx --version` prints the version",
            "-V": "`amx --version` prints the version",
        ]
    }()

    private static let options: [String: String] = {
        let all = "`amx commit` takes every change without it"
        let staged = "nothing is staged: without it, all that is not committed is shown"
        let lease = "there is --force-with-lease, which replaces only what you have seen"
        return [
            "commit -a": all, "commit --all": all,
            "commit --amend": "commits are not rewritten: make another one",
            "branch -D": "write it as --delete --force", "branch -M": "write it as --move, to a name that is free",
            "branch -a": "`amx remote show` lists those of a remote",
            "branch -r": "`amx remote show` lists those of a remote",
            "push -f": lease, "push --force": lease, "push --tags": "releases in a branch's history go along with it",
            "diff --cached": staged, "diff --staged": staged,
            "log --oneline": "each commit is one line without it",
            "status -s": "it is short without it", "status --short": "it is short without it",
        ]
    }()
}
