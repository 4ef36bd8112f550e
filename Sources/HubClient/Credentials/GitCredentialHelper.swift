import Glibc
import Objects

/// Git's credential helpers, through `git credential`, which reads git's configuration and runs the helpers as git does.
///
/// Never asks anybody: helpers that have nothing leave it at that. Where git is not installed there are no helpers.
/// Source: git-credential(1).
struct GitCredentialHelper: Sendable {
    private static let answerLimit = 1 << 16

    /// What a helper gave, for `approve` or `reject`.
    struct Answer: Sendable {
        let credential: Credential
        fileprivate let lines: [String]
    }

    /// Asks for a credential; nil when no helper has one.
    func fill(_ origin: Origin, of address: WebAddress) throws(AmxError) -> Answer? {
        var question = ["protocol=\(origin.scheme.rawValue)", "host=\(Self.host(of: origin))"]
        if !address.path.isEmpty { question.append("path=\(address.path.dropFirst())") }
        if let user = address.user { question.append("username=\(user)") }
        guard let output = Self.run("fill", question) else { return nil }
        let lines = output.split(separator: "\n").map(String.init)
        func value(_ key: String) -> String? {
            lines.last { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
        }
        // What was asked for must come back: a helper that answers for another place is not believed.
        guard value("protocol") == origin.scheme.rawValue, value("host") == Self.host(of: origin),
            let password = value("password"), !password.isEmpty
        else { return nil }
        let user = value("username") ?? Credential.defaultUser
        return Answer(credential: try Credential(user: user, password: password), lines: lines)
    }

    /// Tells the helpers whether a credential was right, so that they keep or forget it.
    func judge(_ answer: Answer, isAccepted: Bool) {
        _ = Self.run(isAccepted ? "approve" : "reject", answer.lines)
    }

    private static func host(of origin: Origin) -> String {
        let whole = origin.description
        return String(whole.dropFirst(origin.scheme.rawValue.utf8.count + 3))
    }

    /// Runs `git credential`; what it prints, or nil when it fails or there is no git.
    private static func run(_ action: String, _ lines: [String]) -> String? {
        guard lines.allSatisfy({ !$0.contains("\n") && !$0.utf8.contains(0) }) else { return nil }
        var (input, output) = ((Int32(-1), Int32(-1)), (Int32(-1), Int32(-1)))
        guard let first = pipe(), let second = pipe() else { return nil }
        (input, output) = (first, second)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.0, 0)
        posix_spawn_file_actions_adddup2(&actions, output.1, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // From the root, so that no repository around the working directory says which program runs.
        let words = ["git", "-C", "/", "-c", "core.askPass=", "credential", action]
        let argv = words.map { strdup($0) } + [nil]
        let envp = environment().map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, "git", &actions, nil, argv, envp)
        close(input.0)
        close(output.1)
        defer { close(output.0) }
        guard code == 0 else {
            close(input.1)
            return nil
        }
        // Less than a pipe holds, so it never waits; a helper that doesn't read must not end this process.
        let text = Array((lines.joined(separator: "\n") + "\n\n").utf8)
        PipeSignal.withholding { _ = text.withUnsafeBytes { write(input.1, $0.baseAddress, min($0.count, 1 << 15)) } }
        close(input.1)
        let answer = readAll(output.0)
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        guard status == 0 else { return nil }
        return String(decoding: answer, as: UTF8.self)
    }

    private static func pipe() -> (Int32, Int32)? {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// The process's environment, without what could make git ask somebody.
    private static func environment() -> [String] {
        var variables: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            let name = text.prefix { $0 != "=" }
            if !["GIT_ASKPASS", "SSH_ASKPASS", "GIT_TERMINAL_PROMPT", "GIT_DIR"].contains(name) {
                variables.append(text)
            }
            next += 1
        }
        return variables + ["GIT_TERMINAL_PROMPT=0"]
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < answerLimit {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
