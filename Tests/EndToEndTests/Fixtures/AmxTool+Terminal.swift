import Foundation
import TestSupport

extension AmxTool {
    /// Runs programs one after the other, each on a pseudo-terminal, and types when one asks; prints how each ended and what
    /// appeared, a byte as a character.
    private static let terminal = """
        import json, os, pty, select, sys
        def run(step):
            environment = {**os.environ, **step["environment"]}
            keys = environment.pop("KEYS", "").encode().decode("unicode_escape").encode()
            pid, fd = pty.fork()
            if pid == 0:
                os.execve(step["words"][0], step["words"], environment)
            seen = typed = b""
            while True:
                # A program that was interrupted just before it began to read has not noticed.
                if not select.select([fd], [], [], 1)[0]:
                    if typed == b"\\x03":
                        os.write(fd, typed)
                    continue
                try:
                    part = os.read(fd, 65536)
                except OSError:
                    break
                if not part:
                    break
                seen += part
                if keys and seen.endswith((b": ", b"] ")):
                    os.write(fd, keys)
                    typed, keys = keys, b""
            os.close(fd)
            return {"status": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), "seen": seen.decode("latin-1")}
        print(json.dumps([run(step) for step in json.load(sys.stdin)]))
        """

    /// A program to be run on a terminal, by its path and arguments, with variables laid over the user's environment.
    struct TerminalStep: Encodable {
        let words: [String]
        let environment: [String: String]
    }

    private struct TerminalResult: Decodable {
        let status: Int32
        let seen: String
    }

    /// Runs a command as a person does at a terminal with colours, and returns all that appeared there.
    ///
    /// `KEYS` of the environment is typed at the first question, with Python's escapes.
    func onTerminal(_ arguments: [String], environment more: [String: String] = [:]) throws -> Tool.Outcome {
        let step = TerminalStep(words: [Executables.amx] + arguments, environment: more)
        guard let outcome = try onTerminal([step]).first else { throw TestFailure("nothing was run") }
        return outcome
    }

    /// Runs one program after the other, as ``onTerminal(_:environment:)`` does; Python is started once.
    func onTerminal(_ steps: [TerminalStep]) throws -> [Tool.Outcome] {
        let base = ["NO_COLOR": "", "TERM": "xterm", "PAGER": "cat"]
        let outcome = try Tool.run(
            "python3", ["-c", Self.terminal], in: directory, environment: environment.merging(base) { $1 },
            input: Array(try JSONEncoder().encode(steps)))
        guard outcome.status == 0 else { throw TestFailure("the terminal: \(outcome.errors)") }
        return try JSONDecoder().decode([TerminalResult].self, from: Data(outcome.output)).map { result in
            let bytes = result.seen.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            return Tool.Outcome(status: result.status, output: bytes, errors: "")
        }
    }
}
