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
        let lines = commands.map { "\($0.old) \($0.new) \($0.name)\n" }.joined()
        let input = try inputFile(Array(lines.utf8))
        let output = try ScriptOutput(limit: Self.saidBytes)
        let process = try start(
            in: repository, environment(address, repository, quarantine, options), input: input, output: output.writer)
        output.closeWriter()
        let status = output.collect(from: process, seconds: seconds)
        guard let status else {
            throw AmxError(
                .network, "\(HubFailure.mark): the hub's policy script took longer than \(seconds) seconds",
                hint: "push again later, or tell whoever runs the hub")
        }
        // The shell's own words for a program that it cannot run.
        guard status != 126, status != 127, status < 128 else {
            throw AmxError(.failure, "\(path) failed with status \(status): \(output.text)")
        }
        return Verdict(isAccepted: status == 0, said: output.text)
    }

    /// A file without a name, which holds the bytes.
    private func inputFile(_ bytes: [UInt8]) throws(AmxError) -> OpenFile {
        let name = "\(directory.incomingPath)/\(Directory.temporaryName("commands"))"
        let file = try OpenFile(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        unlink(name)
        try file.write(bytes)
        guard lseek(file.descriptor, 0, SEEK_SET) == 0 else { throw AmxError.system("cannot rewind \(name)") }
        return file
    }

    private func environment(
        _ address: CapsuleAddress, _ repository: String, _ quarantine: String?, _ options: [String]
    ) -> [String] {
        var entries = [
            "PATH=\(getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin")", "LC_ALL=C.UTF-8",
            "GIT_DIR=.", "AMX_REPOSITORY=\(address)", "GIT_PUSH_OPTION_COUNT=\(options.count)",
        ]
        for (index, option) in options.enumerated() { entries.append("GIT_PUSH_OPTION_\(index)=\(option)") }
        if let quarantine {
            entries += [
                "GIT_QUARANTINE_PATH=\(quarantine)", "GIT_OBJECT_DIRECTORY=\(quarantine)",
                "GIT_ALTERNATE_OBJECT_DIRECTORIES=\(repository)/objects",
            ]
        }
        return entries
    }

    /// Starts it at the head of a process group of its own, so that what it starts can be ended with it.
    private func start(
        in repository: String, _ environment: [String], input: borrowing OpenFile, output: Int32
    ) throws(AmxError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.descriptor, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGTERM, SIGINT, SIGPIPE, SIGXFSZ] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = ["sh", "-c", "cd \"$1\" && exec \"$2\"", "sh", repository, path]
        let argv = words.map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, "/bin/sh", &actions, &attributes, argv, envp)
        guard result == 0 else { throw AmxError.system("cannot run \(path)", errno: result) }
        return process
    }
}
