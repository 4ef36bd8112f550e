import Capsules
import Glibc
import Objects

/// Where the demonstration plays: a temporary folder, the programs that run there, and what is told of them.
///
/// The process's directory is the folder, so that commands read as a user would type them.
final class Stage {
    /// What a program has left.
    struct Outcome {
        /// Its exit status.
        let status: Int32
        /// What it wrote to standard output.
        let output: [UInt8]
        /// What it wrote to standard error.
        let errors: String

        /// The result of a command that ran with `--json`.
        func json() throws -> JSONValue { try JSONParser.parse(output) }
    }

    /// The folder.
    let folder: String
    private let output: Output
    private let amx: String
    private var start = MonotonicClock.seconds()
    private var steps: [JSONValue] = []
    private var checks: [JSONValue] = []
    private var skipped: [JSONValue] = []

    /// Makes the folder and goes there.
    init(_ output: Output) throws(AmxError) {
        self.output = output
        amx = try Self.executable()
        let base = Environment["TMPDIR"] ?? "/tmp"
        let path = "\(base)/\(Directory.temporaryName("amx-demo"))"
        try Directory.create(path, mode: 0o700)
        guard let resolved = realpath(path, nil) else { throw AmxError.system("cannot use \(path)") }
        defer { free(resolved) }
        folder = String(cString: resolved)
        guard chdir(folder) == 0 else { throw AmxError.system("cannot use \(folder)") }
    }

    /// This program's file.
    static func executable() throws(AmxError) -> String {
        guard let path = realpath("/proc/self/exe", nil) else { throw AmxError.system("cannot find this program") }
        defer { free(path) }
        return String(cString: path)
    }

    /// The hub's program beside this one, built first where it is missing and can be.
    func hubProgram() throws -> String {
        let hub = HubProgram(beside: amx)
        if !hub.exists {
            if hub.isBuildable { try note("Building amx-hub, once; this takes some minutes.") }
            try hub.build()
            // The build is not part of what is shown.
            start = MonotonicClock.seconds()
        }
        return hub.path
    }

    // MARK: Telling

    /// Begins a part.
    func chapter(_ title: String) throws {
        try tell { style in "\n\(style.bold(title))" }
    }

    /// Says something about a step that has no command.
    func note(_ text: String) throws {
        try tell { style in "          \(style.yellow(text))" }
    }

    /// Compares, and ends the demonstration when there is a difference.
    func check(_ what: String, _ holds: Bool) throws {
        checks.append(["what": .string(what), "ok": .bool(holds)])
        try tell { style in "       \(holds ? style.green("ok") : style.red("NO"))  \(what)" }
        guard holds else { throw AmxError(.verification, "the demonstration failed: it is not so that \(what)") }
    }

    /// Says what cannot be compared on this machine.
    func skip(_ what: String) throws {
        skipped.append(.string(what))
        try note("SKIPPED: \(what)")
    }

    /// The sums; with `keepsFolder`, the result says where the folder is.
    func end(keepsFolder: Bool) throws {
        let milliseconds = Int((MonotonicClock.seconds() - start) * 1000)
        let (steps, checks) = (steps.count, checks.count)
        let missing = skipped.isEmpty ? "" : ", \(skipped.count) SKIPPED"
        try tell { style in
            "\n\(style.green("Everything is as it should be")): \(steps) steps, \(checks) checks\(missing), \(Double(milliseconds / 10) / 100) seconds"
        }
        guard output.asJSON else { return }
        try output.show(
            json: [
                "ok": true, "milliseconds": .count(milliseconds), "steps": .array(self.steps),
                "checks": .array(self.checks), "skipped": .array(skipped),
                "folder": .optional(keepsFolder ? folder : nil),
            ]
        ) { _ in "" }
    }

    /// Says where the folder stays; that was asked for, so `--quiet` shows it too.
    func showFolder() throws {
        guard !output.asJSON else { return }
        try output.show(json: .null) { _ in output.isQuiet ? folder : "          The folder is \(folder)" }
    }

    private func tell(_ text: (Style) throws -> String) throws {
        guard !output.asJSON, !output.isQuiet else { return }
        try output.show(json: .null, text: text)
        try output.flush()
    }

    // MARK: Doing

    /// Runs a command of `amx` as a person, and ends the demonstration when its exit status is another than expected.
    ///
    /// `shown` prints what the command says.
    @discardableResult
    func run(
        _ person: Person, _ arguments: [String], expecting status: Int32 = 0, shown: Bool = false,
        environment: [String: String] = [:]
    ) throws -> Outcome {
        try run(amx, as: person, arguments, expecting: status, shown: shown, environment: environment)
    }

    /// Runs a program as a person in the same way.
    @discardableResult
    func run(
        _ program: String, as person: Person, _ arguments: [String], expecting expected: Int32 = 0, shown: Bool = false,
        environment: [String: String] = [:]
    ) throws -> Outcome {
        let (outputPath, errorPath) = ("\(folder)/.output", "\(folder)/.errors")
        let begin = MonotonicClock.seconds()
        let child = try ChildProcess(
            program, arguments, environment: person.environment.merging(environment) { $1 }, output: outputPath,
            errors: errorPath)
        let status = try child.wait()
        let outcome = Outcome(
            status: status, output: try FileContent.read(outputPath) ?? [],
            errors: String(decoding: try FileContent.read(errorPath) ?? [], as: UTF8.self))
        let words = [Directory.name(of: program)] + arguments.filter { $0 != "--json" }
        try told(words, begin, status)
        if shown { try tell { _ in Self.indented(String(decoding: outcome.output, as: UTF8.self)) } }
        if expected != 0, status == expected { try note("refused, as it should be: \(Self.reason(outcome.errors))") }
        guard status == expected else {
            throw AmxError(
                .failure,
                "the demonstration failed: \(words.joined(separator: " ")) ended with exit status \(status): "
                    + outcome.errors.split(separator: "\n").joined(separator: "; "),
                hint: "run `amx demo --keep` to look at the folder afterwards")
        }
        return outcome
    }

    /// Does something in this process, as one step.
    func act(_ what: String, _ body: () throws -> Void) throws {
        let begin = MonotonicClock.seconds()
        try body()
        try told([what], begin, 0)
    }

    /// Waits until a program that stays has said it is ready, as one step; its first line.
    func waitForLine(_ path: String, of child: borrowing ChildProcess, _ words: [String]) throws -> String {
        let begin = MonotonicClock.seconds()
        while MonotonicClock.seconds() - begin < 30 {
            try Interruption.check()
            let text = String(decoding: try FileContent.read(path) ?? [], as: UTF8.self)
            if let end = text.firstIndex(of: "\n") {
                try told(words, begin, 0)
                return String(text[..<end])
            }
            guard child.isRunning else { break }
            usleep(2000)
        }
        throw AmxError(.failure, "the demonstration failed: \(words.joined(separator: " ")) is not ready")
    }

    private func told(_ words: [String], _ begin: Double, _ status: Int32) throws {
        let milliseconds = Int((MonotonicClock.seconds() - begin) * 1000)
        let command = words.map { $0.contains(" ") && words.count > 1 ? "\"\($0)\"" : $0 }.joined(separator: " ")
        steps.append([
            "command": .string(command), "milliseconds": .count(milliseconds), "status": .count(status),
        ])
        let digits = String(milliseconds)
        try tell { style in
            "\(String(repeating: " ", count: max(0, 6 - digits.count)))\(digits) ms  \(command)"
        }
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
            $0.isEmpty ? "" : "           \(Style.visible(String($0)))"
        }.joined(separator: "\n")
    }

    private static func reason(_ errors: String) -> String {
        let line = errors.split(separator: "\n").first.map(String.init) ?? ""
        return line.hasPrefix("error: ") ? String(line.dropFirst(7)) : line
    }
}
