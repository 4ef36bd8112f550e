import CLinux
import Glibc

extension Program {
    /// Starts it and goes on; what would be ``Output/kept(limit:isShown:)`` goes nowhere.
    ///
    /// `.failure` when it cannot be run.
    package func start() throws(AmxError) -> RunningProcess { try start(output: nil, errors: nil) }

    /// Starts it with the writing ends of pipes for what is kept.
    func start(output kept: Descriptor?, errors keptErrors: Descriptor?) throws(AmxError) -> RunningProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var content: Descriptor?
        switch input {
        case .nothing: posix_spawn_file_actions_addopen(&actions, 0, Self.nullDevice, O_RDONLY, 0)
        case .bytes(let bytes):
            let file = try Descriptor(containing: bytes, for: path)
            posix_spawn_file_actions_adddup2(&actions, file.number, 0)
            content = file
        case .descriptor(let number): posix_spawn_file_actions_adddup2(&actions, number, 0)
        case .shared: break
        }
        defer { withExtendedLifetime(content) {} }
        Self.direct(output, to: 1, kept?.number, &actions)
        Self.direct(errors, to: 2, keptErrors?.number, &actions)
        amx_spawn_close_from(&actions, 3)
        if let directory { amx_spawn_change_directory(&actions, directory) }
        setSignals(&attributes)
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = environment.strings() + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        Self.keepStatuses()
        var process: pid_t = 0
        let result = posix_spawnp(&process, path, &actions, &attributes, argv, envp)
        guard result == 0 else {
            throw AmxError(.failure, "cannot run \(path): \(String(cString: strerror(result)))")
        }
        return RunningProcess(process, leadsGroup: company != .caller)
    }

    private static let nullDevice = "/dev/null"
    /// glibc's POSIX_SPAWN_SETSID, which its Swift module hides.
    private static let newSession: Int32 = 0x80

    private static func direct(
        _ output: Output, to number: Int32, _ kept: Int32?, _ actions: inout posix_spawn_file_actions_t
    ) {
        switch output {
        case .shared: break
        case .descriptor(let own): posix_spawn_file_actions_adddup2(&actions, own, number)
        case .asOutput: posix_spawn_file_actions_adddup2(&actions, 1, number)
        case .file(let path):
            posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        case .nothing, .kept:
            if let kept {
                posix_spawn_file_actions_adddup2(&actions, kept, number)
            } else {
                posix_spawn_file_actions_addopen(&actions, number, nullDevice, O_WRONLY, 0)
            }
        }
    }

    /// Where SIGCHLD is ignored, as some callers of a program leave it, the system would not tell how programs end.
    private static func keepStatuses() {
        var action = sigaction()
        guard sigaction(SIGCHLD, nil, &action) == 0,
            unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        else { return }
        signal(SIGCHLD, SIG_DFL)
    }

    /// What this process blocks or ignores is its own affair.
    private func setSignals(_ attributes: inout posix_spawnattr_t) {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXFSZ] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        switch company {
        case .caller: break
        case .group: flags |= POSIX_SPAWN_SETPGROUP
        case .session: flags |= Self.newSession
        }
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))
    }
}
