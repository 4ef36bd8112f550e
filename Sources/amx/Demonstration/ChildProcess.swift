import Glibc
import HubClient
import Objects

/// A program that runs beside this one, with its output in files.
///
/// Ended by its process id, and waited for, when the owner goes.
struct ChildProcess: ~Copyable {
    private let process: pid_t

    /// Starts a program, found on PATH or by its path, with exactly this environment and nothing on standard input.
    init(
        _ program: String, _ arguments: [String], environment: [String: String], output: String, errors: String
    ) throws(AmxError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        let result = posix_spawnp(&process, program, &actions, nil, argv, envp)
        guard result == 0 else { throw AmxError.system("cannot run \(program)", errno: result) }
        self.process = process
    }

    deinit {
        var status: Int32 = 0
        // A process that has been waited for is not there any more, and its id may be another's.
        guard waitpid(process, &status, WNOHANG) == 0 else { return }
        kill(process, SIGTERM)
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
    }

    /// Whether the program has not ended yet.
    var isRunning: Bool {
        var state = siginfo_t()
        return waitid(P_PID, UInt32(process), &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_signo == 0
    }

    /// Waits for the end; the exit status, or 128 and the signal that ended it. `.interrupted` when the user ends the wait.
    func wait() throws(AmxError) -> Int32 {
        var state = siginfo_t()
        while waitid(P_PID, UInt32(process), &state, WEXITED | WNOWAIT) != 0 {
            guard errno == EINTR else { throw AmxError.system("cannot wait for a program") }
            try Interruption.check()
        }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}
