import TestSupport

extension AmxTool {
    /// Runs a program on a pseudo-terminal, types when it asks, and prints what appeared; exits as the program does.
    private static let terminal = """
        import os, pty, sys
        keys = os.environ.pop("KEYS", "").encode().decode("unicode_escape").encode()
        pid, fd = pty.fork()
        if pid == 0:
            os.execv(sys.argv[1], sys.argv[1:])
        seen = b""
        while True:
            try:
                part = os.read(fd, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
            if keys and seen.endswith((b": ", b"] ")):
                os.write(fd, keys)
                keys = b""
        sys.stdout.buffer.write(seen)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """

    /// Runs a command as a person does at a terminal with colours, and returns all that appeared there.
    ///
    /// `KEYS` of the environment is typed at the first question, with Python's escapes.
    func onTerminal(_ arguments: [String], environment more: [String: String] = [:]) throws -> Tool.Outcome {
        let base = ["NO_COLOR": "", "TERM": "xterm", "PAGER": "cat"]
        return try Tool.run(
            "python3", ["-c", Self.terminal, Executables.amx] + arguments, in: directory,
            environment: environment.merging(base) { $1 }.merging(more) { $1 })
    }
}
