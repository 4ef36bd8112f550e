import Glibc
import Objects

/// Runs one of OpenSSH's programs to its end.
///
/// Where there is a terminal it may ask there and takes its time. Where there is none it can ask nobody, since it runs in a
/// session of its own, and has a minute, or as long as `AMX_SIGN_TIMEOUT` says. Calls block.
struct SSHTool: Hashable, Sendable {
    /// The variable that says how many seconds a program may take where nobody can answer.
    static let timeLimitName = "AMX_SIGN_TIMEOUT"
    private static let outputLimit = 1 << 20

    /// What a finished program left behind.
    struct Outcome {
        /// The exit status, or 128 plus the signal that ended it.
        let status: Int32
        /// Standard output.
        let output: [UInt8]
        /// Standard error as text.
        let errors: String
        /// The seconds after which it was ended, when it took too long.
        let limit: Int?

        /// The last line that it said, for an error.
        var reason: String {
            errors.split(whereSeparator: \.isNewline).last.map { TreeRules.printable($0.utf8) }
                ?? "it ended without a message"
        }
    }

    /// The program: a name that is looked for on PATH, or a path.
    let program: String
    private let hasTerminal: Bool
    private let seconds: Int

    /// Names a program that may take some seconds where nobody can answer, unless the variable says otherwise.
    init(_ program: String, hasTerminal: Bool, seconds: Int = 60) {
        self.program = program
        self.hasTerminal = hasTerminal
        self.seconds = seconds
    }

    /// Runs it; what it says on standard error also goes to the terminal, where there is one.
    func run(_ arguments: [String]) throws(AmxError) -> Outcome {
        var tool = Program(program, arguments)
        tool.output = .kept(limit: Self.outputLimit)
        tool.errors = .kept(limit: Self.outputLimit, isShown: hasTerminal)
        var limit: Int?
        if hasTerminal {
            tool.input = .shared
            tool.company = .caller
        } else {
            tool.environment.set("SSH_ASKPASS_REQUIRE", "never")
            limit = try Self.timeLimit() ?? seconds
        }
        do throws(AmxError) {
            let outcome = try tool.run(within: limit.map { .seconds($0) })
            return Outcome(
                status: outcome.status, output: outcome.output, errors: String(decoding: outcome.errors, as: UTF8.self),
                limit: outcome.isLate ? limit : nil)
        } catch {
            throw AmxError(
                error.code, error.message, hint: "install OpenSSH's client (Debian: openssh-client)", cause: error)
        }
    }

    /// How long a program may take where nobody can answer, in seconds; nil where the user has not said so.
    private static func timeLimit() throws(AmxError) -> Int? {
        guard let value = getenv(timeLimitName), value.pointee != 0 else { return nil }
        let text = String(cString: value)
        guard let seconds = Int(text), (1...86_400).contains(seconds) else {
            throw AmxError(
                .usage,
                "invalid \(timeLimitName): \(TreeRules.printable(text.utf8)) is not a number of seconds from 1 to 86400",
                hint: "leave it out for one minute")
        }
        return seconds
    }
}
