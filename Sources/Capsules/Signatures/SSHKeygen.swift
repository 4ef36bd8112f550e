import CLinux
import Glibc
package import Objects

/// Runs OpenSSH's `ssh-keygen`, or the program that stands in for it, as git does.
///
/// Where there is a terminal it may ask there, for a passphrase or a touch, and takes its time. Where there is none it
/// can ask nobody and has a minute. Calls block.
package struct SSHKeygen: Sendable {
    /// How long it may take where nobody can answer, in seconds.
    package static let timeLimit = 60
    private static let outputLimit = 65_536

    private let program: String
    private let hasTerminal: Bool

    /// Uses a program, by default the one on PATH; `hasTerminal` says whether somebody can answer a question.
    package init(program: String = "ssh-keygen", hasTerminal: Bool) {
        self.program = program
        self.hasTerminal = hasTerminal
    }

    /// Signs bytes with a key's file, which may also be a public key whose private half an agent holds.
    ///
    /// Returns the armoured signature, which has been verified. Files that are needed meanwhile go into `folder`.
    package func sign(
        _ bytes: [UInt8], for namespace: SSHSignature.Namespace, with key: SigningKey, in folder: String
    ) throws(AmxError) -> [UInt8] {
        let place = "\(folder)/\(Directory.temporaryName("sign"))"
        guard mkdir(place, 0o700) == 0 else { throw AmxError.system("cannot create \(place)") }
        defer { try? Directory.remove(place) }
        let message = "\(place)/message"
        try AtomicFile.write(bytes, to: message, mode: 0o600)
        var file = key.path
        if let literal = key.literal {
            file = "\(place)/key.pub"
            try AtomicFile.write(Array("\(literal.line)\n".utf8), to: file, mode: 0o600)
        }
        let outcome = try run(["-Y", "sign", "-n", namespace.rawValue, "-f", file, message])
        guard outcome.status == 0 else { throw failure(outcome, key) }
        guard let armour = try FileContent.read("\(message).sig", limit: SSHSignature.sizeLimit) else {
            throw AmxError(.failure, "cannot sign with \(key.name): \(program) wrote no signature")
        }
        do throws(AmxError) {
            let signature = try SSHSignature(armored: armour)
            guard signature.key.isSupported else {
                throw AmxError(
                    .usage, "cannot sign with \(key.name): it is of the type \(signature.key.type)",
                    hint: "Amx signs with Ed25519 keys: `amx key new` makes one")
            }
            try signature.verify(bytes, for: namespace)
        } catch  where error.code == .verification {
            throw AmxError(.failure, "cannot sign with \(key.name): \(program) made no usable signature", cause: error)
        }
        return armour
    }

    /// Makes an Ed25519 key: a private file that only its owner can read, and the public one beside it.
    ///
    /// A passphrase is asked for on the terminal, where there is one and `asks` is set; else the key has none.
    package func makeKey(at path: String, comment: String, asks: Bool) throws(AmxError) {
        let passphrase = asks && hasTerminal ? [] : ["-N", ""]
        let outcome = try run(["-q", "-t", "ed25519", "-C", comment, "-f", path] + passphrase)
        guard outcome.status == 0, Directory.exists(path) else {
            throw AmxError(.failure, "cannot make the key \(path): \(Self.reason(outcome.errors))")
        }
    }

    private func failure(_ outcome: (status: Int32, errors: String), _ key: SigningKey) -> AmxError {
        let reason = Self.reason(outcome.errors)
        if outcome.status == Self.timedOut {
            return AmxError(
                .failure, "cannot sign with \(key.name): no answer within \(Self.timeLimit) seconds",
                hint: "if the key must be touched or an agent asks, run the command in a terminal")
        }
        if !hasTerminal, outcome.errors.contains("passphrase") {
            return AmxError(
                .usage, "cannot sign with \(key.name): it has a passphrase, and there is no terminal to ask for it",
                hint: "load the key into an agent with `ssh-add`, or run the command in a terminal")
        }
        if outcome.status == 128 + SIGINT { return AmxError(.interrupted, "interrupted: nothing was signed") }
        return AmxError(
            .failure, "cannot sign with \(key.name): \(reason)",
            hint: "user.signingKey is a private key's file, or a public one whose private half ssh-agent has")
    }

    private static func reason(_ errors: String) -> String {
        let lines = errors.split(whereSeparator: \.isNewline)
        return lines.last.map { TreeRules.printable($0.utf8) } ?? "it ended without a message"
    }

    // MARK: The process

    private static let timedOut: Int32 = -1
    /// glibc's POSIX_SPAWN_SETSID, which its Swift module hides.
    private static let newSession: Int16 = 0x80

    /// Runs the program to its end; what it says goes into the outcome, or to the terminal where there is one.
    private func run(_ arguments: [String]) throws(AmxError) -> (status: Int32, errors: String) {
        var descriptors: [Int32] = [0, 0]
        guard pipe(&descriptors) == 0 else { throw AmxError.system("cannot run \(program)") }
        let (reader, writer) = (descriptors[0], descriptors[1])
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        defer { close(reader) }
        let process: pid_t
        do throws(AmxError) { process = try spawn(arguments, errors: writer) } catch {
            close(writer)
            throw error
        }
        close(writer)
        let (errors, isFinished) = drain(reader)
        if !isFinished { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        guard isFinished else { return (Self.timedOut, errors) }
        return (status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), errors)
    }

    private func spawn(_ arguments: [String], errors: Int32) throws(AmxError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var environment = Self.environment()
        if !hasTerminal {
            // In a session of its own it finds no terminal to ask on either.
            posix_spawnattr_setflags(&attributes, Self.newSession)
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            environment.removeAll { $0.hasPrefix("SSH_ASKPASS_REQUIRE=") }
            environment.append("SSH_ASKPASS_REQUIRE=never")
        }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
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

    /// Reads what the program says until it ends; false when it takes too long where nobody can answer.
    ///
    /// On a terminal a question for a PIN or a touch is passed on as it comes.
    private func drain(_ descriptor: Int32) -> (errors: String, isFinished: Bool) {
        var collected: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let start = Glibc.time(nil)
        while true {
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = Glibc.poll(&poll, 1, hasTerminal ? -1 : 500)
            if !hasTerminal, Glibc.time(nil) - start > Self.timeLimit {
                return (String(decoding: collected, as: UTF8.self), false)
            }
            guard ready > 0 else {
                if ready < 0, errno != EINTR { break }
                continue
            }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 || count < 0 && errno != EINTR { break }
            guard count > 0 else { continue }
            if hasTerminal { _ = Glibc.write(2, buffer, count) }
            collected += buffer.prefix(min(count, Self.outputLimit - collected.count))
        }
        return (String(decoding: collected, as: UTF8.self), true)
    }
}
