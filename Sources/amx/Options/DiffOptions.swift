import ArgumentParser

/// How a difference is shown: the options of every command that shows one.
struct DiffOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Show a unified diff that git apply and patch take.") var patch = false
    @Flag(help: "Show only the paths, with A, M, D or R.") var nameStatus = false
    @Flag(help: "Show only how many lines changed in each file.") var stat = false
    @Flag(help: "With --patch, also show what is not text, as git's binary patch.") var binary = false
    @Flag(help: "Show a file that was moved as one that went and one that came.") var noRenames = false
    @Flag(help: "End with status 1 when anything differs.") var exitCode = false

    func validate() throws {
        guard [patch, nameStatus, stat].count(where: \.self) <= 1 else {
            throw ValidationError("--patch, --name-status and --stat exclude each other")
        }
        guard !binary || patch else { throw ValidationError("--binary needs --patch") }
    }
}
