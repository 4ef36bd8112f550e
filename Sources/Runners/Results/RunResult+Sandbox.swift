import Guard
package import Isolation

extension RunResult {
    /// What to say of a program that ended otherwise than by itself and well; nil where it did.
    package static func failure(_ ended: SandboxResult, limits: SandboxLimits) -> RunResult? {
        let (outcome, error): (RunOutcome, String)
        switch ended.ending {
        case .exited(0): return nil
        case .setupFailed:
            // What was said is not the capsule's, of which nothing ran.
            return RunResult(
                .setupFailed, error: "the sandbox could not be made: \(setupFault(ended.errors))",
                usage: ResourceUsage(ended))
        case .exited(let status):
            (outcome, error) = (.exit(status), "it ended with status \(status): \(lastLine(ended.errors))")
        case .signalled(let signal): (outcome, error) = (.signal(signal), "it was ended by signal \(signal)")
        case .timedOut: (outcome, error) = (.timeout, "it took more than \(limits.milliseconds) ms")
        case .outOfMemory: (outcome, error) = (.oom, "it needed more than \(limits.memoryBytes >> 20) MiB of memory")
        case .tooManyProcesses:
            (outcome, error) = (.denied(.quota), "it had more than \(limits.processes) processes and threads")
        case .tooMuchOutput:
            (outcome, error) = (.denied(.quota), "it wrote more than \(limits.outputBytes) bytes")
        }
        return RunResult(outcome, error: error, usage: ResourceUsage(ended), log: ended.errors)
    }

    /// What the sandbox's makers said: two of its processes may say the same at once, so that it is in the longest line.
    static func setupFault(_ bytes: [UInt8]) -> String {
        let lines = String(decoding: bytes.suffix(8_192), as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.max { $0.utf8.count < $1.utf8.count }.map { String($0.prefix(1_000)) } ?? "nobody said why"
    }

    /// The last line of a text that is not empty, at most 1,000 characters of it.
    static func lastLine(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.suffix(8_192), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
        return line.map { String($0.prefix(1_000)) } ?? "it said nothing"
    }
}
