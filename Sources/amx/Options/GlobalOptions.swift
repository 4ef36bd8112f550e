import ArgumentParser
import Glibc
import Objects

/// The options that all commands take, before or after the command's name.
struct GlobalOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print the result as JSON, and an error as one JSON object.")
    var asJSON = false

    @Flag(name: .shortAndLong, help: "Print no progress, warnings or confirmations.")
    var quiet = false

    @Option(
        name: .customShort("C"),
        help: ArgumentHelp(
            "Run as if started in this directory.", valueName: "dir"))
    var directories: [String] = []

    @Option(help: ArgumentHelp("When to use colour.", valueName: "when")) var color: ColorChoice?

    @Flag(help: "Show long output without a pager.") var noPager = false

    /// How the parser's usage lines write all of these.
    static let usage = " [--json] [--quiet] [-C <dir> ...] [--color <when>] [--no-pager]"

    /// The directory that the `-C` options name together; nil without any.
    var directory: String? {
        directories.reduce(nil) { path, next in
            guard let path, !next.hasPrefix("/") else { return next }
            return next.isEmpty ? path : "\(path)/\(next)"
        }
    }

    /// Goes to the directory that `-C` names; an empty one stays here.
    func enterDirectory() throws(AmxError) {
        guard let directory, !directory.isEmpty else { return }
        guard chdir(directory) == 0 else {
            let reason = String(cString: strerror(errno))
            throw AmxError(
                .failure, "cannot change to the directory \(directory): \(reason)", hint: "check the path after -C")
        }
    }
}
