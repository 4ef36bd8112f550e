import CLinux
import Foundation
import Glibc
import Synchronization

/// A program that runs beside the tests.
///
/// Spawned and waited for directly: Foundation's `Process` notices an end up to 50 ms late and has crashed when many
/// threads start programs at once. It starts with an empty signal mask and SIGPIPE's default, whatever this process did.
/// Safe for use by several threads.
public final class RunningProgram: Sendable {
    /// The process's id; another process may have it once this one has been waited for.
    public let processIdentifier: Int32
    private let ended = Mutex<Int32?>(nil)

    /// Starts a program found on PATH, or by its absolute path, with the environment laid over the current one.
    ///
    /// The descriptors stay the caller's; those that are not given are the null device.
    public init(
        _ program: String, _ arguments: [String], in directory: String? = nil, environment: [String: String] = [:],
        input: Int32? = nil, output: Int32? = nil, errors: Int32? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (wanted, standard) in [(input, 0), (output, 1), (errors, 2)] as [(Int32?, Int32)] {
            if let wanted {
                posix_spawn_file_actions_adddup2(&actions, wanted, standard)
            } else {
                posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0)
            }
        }
        amx_spawn_close_from(&actions, 3)
        if let directory { amx_spawn_change_directory(&actions, directory) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        // Whoever started the tests may have signals ignored: in the background, or with nohup.
        for number in [SIGPIPE, SIGHUP, SIGINT, SIGQUIT, SIGTERM] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = ["env", program] + arguments
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let argv = words.map { strdup($0) } + [nil]
        let envp = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, "/usr/bin/env", &actions, &attributes, argv, envp)
        guard result == 0 else {
            throw Tool.Failure(description: "cannot start \(program): \(String(cString: strerror(result)))")
        }
        processIdentifier = process
    }

    deinit {
        guard ended.withLock({ $0 }) == nil else { return }
        kill(processIdentifier, SIGKILL)
        _ = waitUntilExit()
    }

    /// Whether it has not ended, as far as that has been noticed.
    public var isRunning: Bool {
        ended.withLock { status in
            guard status == nil else { return false }
            var raw: Int32 = 0
            guard waitpid(processIdentifier, &raw, WNOHANG) == processIdentifier else { return true }
            status = Self.status(raw)
            return false
        }
    }

    /// Waits for the end: the exit status, or 128 and the signal that ended it.
    @discardableResult
    public func waitUntilExit() -> Int32 {
        // Waited for without the lock and without taking the status, so that signals can be sent meanwhile.
        var state = siginfo_t()
        while waitid(P_PID, id_t(processIdentifier), &state, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        return ended.withLock { status in
            if let status { return status }
            var raw: Int32 = 0
            while waitpid(processIdentifier, &raw, 0) == -1, errno == EINTR {}
            let found = Self.status(raw)
            status = found
            return found
        }
    }

    /// Sends a signal unless the program has been waited for.
    public func send(_ signal: Int32) {
        ended.withLock { status in
            if status == nil { kill(processIdentifier, signal) }
        }
    }

    /// Asks the program to end.
    public func terminate() { send(SIGTERM) }

    private static func status(_ raw: Int32) -> Int32 {
        raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
    }
}
