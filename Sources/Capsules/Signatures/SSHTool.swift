import CLinux
import Glibc
import Objects

/// Runs one of OpenSSH's programs to its end.
///
/// Where there is a terminal it may ask there and takes its time. Where there is none it can ask nobody, since it runs in a
/// session of its own, and has a minute. Calls block.
struct SSHTool: Hashable, Sendable {
    /// How long a program may take where nobody can answer, in seconds.
    static let timeLimit = 60
    private static let outputLimit = 1 << 20

    /// What a finished program left behind.
    struct Outcome {
        /// The exit status, or 128 plus the signal that ended it.
        let status: Int32
        /// Standard output.
        let output: [UInt8]
        /// Standard error as text.
        let errors: String
        /// Whether it was ended because it took too long.
        let isLate: Bool

        /// The last line that it said, for an error.
        var reason: String {
            errors.split(whereSeparator: \.isNewline).last.map { TreeRules.printable($0.utf8) }
                ?? "it ended without a message"
        }
    }

    /// The program: a name that is looked for on PATH, or a path.
    let program: String
    private let hasTerminal: Bool

    init(_ program: String, hasTerminal: Bool) {
        self.program = program
        self.hasTerminal = hasTerminal
    }

    /// Runs it; what it says on standard error also goes to the terminal, where there is one.
    func run(_ arguments: [String]) throws(AmxError) -> Outcome {
        let output = try Pipe(for: program)
        let errors = try Pipe(for: program)
        defer { withExtendedLifetime((output, errors)) {} }
        let process = try spawn(arguments, output: output.writer, errors: errors.writer)
        output.closeWriter()
        errors.closeWriter()
        var pipes = [Reading(output.reader, isShown: false), Reading(errors.reader, isShown: hasTerminal)]
        let isFinished = drain(&pipes)
        // Without a terminal it leads a group of its own, with the programs that it has started.
        if !isFinished { kill(hasTerminal ? process : -process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        return Outcome(
            status: status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), output: pipes[0].bytes,
            errors: String(decoding: pipes[1].bytes, as: UTF8.self), isLate: !isFinished)
    }

    /// The ends of a pipe, closed when the owner goes.
    private final class Pipe {
        let reader: Int32
        private(set) var writer: Int32

        init(for program: String) throws(AmxError) {
            var descriptors: [Int32] = [-1, -1]
            guard pipe(&descriptors) == 0 else { throw AmxError.system("cannot run \(program)") }
            for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            (reader, writer) = (descriptors[0], descriptors[1])
        }

        deinit {
            close(reader)
            closeWriter()
        }

        func closeWriter() {
            if writer >= 0 { close(writer) }
            writer = -1
        }
    }

    // MARK: Start

    /// glibc's POSIX_SPAWN_SETSID, which its Swift module hides.
    private static let newSession: Int16 = 0x80

    private func spawn(_ arguments: [String], output: Int32, errors: Int32) throws(AmxError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var environment = Self.environment()
        if !hasTerminal {
            posix_spawnattr_setflags(&attributes, Self.newSession)
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            environment.removeAll { $0.hasPrefix("SSH_ASKPASS_REQUIRE=") }
            environment.append("SSH_ASKPASS_REQUIRE=never")
        }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        amx_spawn_close_from(&actions, 3)
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        let result = posix_spawnp(&process, program, &actions, &attributes, argv, envp)
        guard result == 0 else {
            throw AmxError(
                .failure, "cannot run \(program): \(String(cString: strerror(result)))",
                hint: "install OpenSSH's client (Debian: openssh-client)")
        }
        return process
    }

    private static func environment() -> [String] {
        var entries: [String] = []
        var pointer = environ
        while let entry = pointer.pointee {
            entries.append(String(cString: entry))
            pointer += 1
        }
        return entries
    }

    // MARK: Output

    /// One of the pipes that are read from.
    private struct Reading {
        let descriptor: Int32
        let isShown: Bool
        var bytes: [UInt8] = []
        var isOpen = true

        init(_ descriptor: Int32, isShown: Bool) {
            self.descriptor = descriptor
            self.isShown = isShown
        }

        mutating func take() {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 || count < 0 && errno != EINTR { isOpen = false }
            guard count > 0 else { return }
            // A question, or that a key must be touched, has no line's end: it is shown as it comes.
            if isShown { _ = Glibc.write(2, buffer, count) }
            bytes += buffer.prefix(min(count, SSHTool.outputLimit - bytes.count))
        }
    }

    /// Reads until the program closes both pipes; false when that takes too long where nobody can answer.
    private func drain(_ pipes: inout [Reading]) -> Bool {
        let start = Glibc.time(nil)
        while pipes.contains(where: \.isOpen) {
            var polls = pipes.map { pollfd(fd: $0.isOpen ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0) }
            let ready = poll(&polls, nfds_t(polls.count), hasTerminal ? -1 : 500)
            if !hasTerminal, Glibc.time(nil) - start > Self.timeLimit { return false }
            if ready < 0, errno != EINTR { return false }
            guard ready > 0 else { continue }
            for (index, poll) in polls.enumerated() where poll.revents != 0 { pipes[index].take() }
        }
        return true
    }
}
