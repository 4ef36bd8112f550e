import Glibc
import Objects
import Wire

/// The program `<data>/hooks/pre-receive`, with which whoever runs a hub judges pushes beyond what Amx itself refuses.
///
/// It gets what git gives a `pre-receive` hook: on standard input a line `<old> <new> <ref>` for each command, the repository as
/// current directory, the new objects in git's quarantine environment, push options in `GIT_PUSH_OPTION_*`; and
/// `AMX_REPOSITORY` with the address. No other variable of the hub is passed on but `PATH`. Ending with another status than
/// 0 refuses the push. It runs after the hub's own checks; a script that cannot run, or takes too long, lets nothing in.
/// A repository's own `hooks` folder is never looked at. Calls block. Source: githooks(5).
struct PolicyScript: Sendable {
    /// What is kept of what a script says.
    static let saidBytes = 32 << 10

    /// What came of one run.
    struct Verdict {
        let isAccepted: Bool
        /// What the script wrote, as lines without control characters.
        let said: String

        /// The error of a refused push.
        var refusal: AmxError {
            let first = said.split(separator: "\n").first.map { ": \($0.prefix(200))" } ?? ""
            return AmxError(.denied, "the hub's policy script declined\(first)")
        }
    }

    private let directory: DataDirectory
    private let seconds: Int
    private var path: String { directory.policyScriptPath }

    init(_ directory: DataDirectory, seconds: Int) {
        self.directory = directory
        self.seconds = seconds
    }

    /// Whether there is a script, one that cannot be run included.
    var exists: Bool { Directory.exists(path) }

    /// Asks the script; throws when it cannot be run or doesn't end in time, which is the hub's failure.
    func run(
        _ commands: [PushCommand], of address: CapsuleAddress, in repository: String, quarantine: String?,
        options: [String]
    ) throws(AmxError) -> Verdict {
        // The shell also runs what has no line that names its program.
        var shell = Program("/bin/sh", ["-c", "exec \"$0\"", path])
        shell.input = .bytes(Array(commands.map { "\($0.old) \($0.new) \($0.name)\n" }.joined().utf8))
        shell.output = .kept(limit: Self.saidBytes)
        shell.errors = .asOutput
        shell.directory = repository
        shell.environment = environment(address, repository, quarantine, options)
        shell.company = .group
        shell.endsCompany = true
        let outcome = try shell.run(within: .seconds(seconds))
        guard !outcome.isLate else {
            throw AmxError(
                .network, "\(HubFailure.mark): the hub's policy script took longer than \(seconds) seconds",
                hint: "push again later, or tell whoever runs the hub")
        }
        let (status, said) = (outcome.status, Self.lines(of: outcome.output))
        // The shell's own words for a program that it cannot run.
        guard status != 126, status != 127, status < 128 else {
            throw AmxError(.failure, "\(path) failed with status \(status): \(said)")
        }
        return Verdict(isAccepted: status == 0, said: said)
    }

    /// The text of what a script wrote, each line free of control characters and ended.
    private static func lines(of bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { "\(RemoteText.oneLine(String($0)))\n" }
            .joined()
    }

    private func environment(
        _ address: CapsuleAddress, _ repository: String, _ quarantine: String?, _ options: [String]
    ) -> ProgramEnvironment {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        var variables = ProgramEnvironment.empty.with([
            "PATH": path, "LC_ALL": "C.UTF-8", "GIT_DIR": ".", "AMX_REPOSITORY": "\(address)",
            "GIT_PUSH_OPTION_COUNT": "\(options.count)",
        ])
        for (index, option) in options.enumerated() { variables.set("GIT_PUSH_OPTION_\(index)", option) }
        guard let quarantine else { return variables }
        return variables.with([
            "GIT_QUARANTINE_PATH": quarantine, "GIT_OBJECT_DIRECTORY": quarantine,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": "\(repository)/objects",
        ])
    }
}
