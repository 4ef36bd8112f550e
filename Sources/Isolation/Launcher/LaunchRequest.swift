/// A program that a launcher is to start in a sandbox, and how long it may run.
///
/// With the request go four descriptors: standard input, output and error of the program, and its system call filter; then the
/// program's channel, where it has one. Source: `docs/running.md`, "The launcher".
package struct LaunchRequest: Sendable, Hashable {
    /// The longest message in bytes, with room for long command lines.
    package static let byteLimit = 256 << 10
    /// How many words a program's command line has at most.
    static let argumentLimit = 4_096

    /// The path of `bwrap`.
    package var path: String
    /// The words after its name.
    package var arguments: [String]
    /// The program's variables.
    package var environment: [String: String]
    /// How long it may run, in milliseconds; at least 1.
    package var milliseconds: UInt64
    /// What the kernel holds of it.
    package var limits: ProcessLimits
    /// What all of its processes may have together where no control group holds it; nil where one does.
    package var watched: Watched?

    /// What the launcher looks at again and again, and for which it ends a program.
    package struct Watched: Sendable, Hashable {
        /// Memory in bytes.
        package var bytes: UInt64
        /// Processes and threads.
        package var processes: UInt64

        package init(bytes: UInt64, processes: UInt64) { (self.bytes, self.processes) = (bytes, processes) }
    }

    package init(
        path: String, arguments: [String], environment: [String: String], milliseconds: UInt64,
        limits: ProcessLimits, watched: Watched? = nil
    ) {
        (self.path, self.arguments, self.environment) = (path, arguments, environment)
        self.milliseconds = milliseconds
        (self.limits, self.watched) = (limits, watched)
    }

    private static let mark: UInt64 = 0x31_636e_7561_4c78

    /// The bytes of the message.
    package var bytes: [UInt8] {
        var encoder = LaunchEncoder()
        encoder.write(Self.mark)
        encoder.write(milliseconds)
        for value in [limits.processorSeconds, limits.fileBytes, limits.openFiles, limits.processes] {
            encoder.write(value)
        }
        encoder.write(watched?.bytes ?? .max)
        encoder.write(watched?.processes ?? .max)
        encoder.write(path)
        encoder.write(UInt64(arguments.count))
        for argument in arguments { encoder.write(argument) }
        encoder.write(UInt64(environment.count))
        for (name, value) in environment.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            encoder.write(name)
            encoder.write(value)
        }
        return encoder.bytes
    }

    /// Reads such bytes; nil for anything else.
    package init?(_ bytes: [UInt8]) {
        var decoder = LaunchDecoder(bytes)
        guard decoder.number() == Self.mark, let milliseconds = decoder.number(), milliseconds > 0,
            let processorSeconds = decoder.number(), let fileBytes = decoder.number(),
            let openFiles = decoder.number(), let processes = decoder.number(), let watched = decoder.number(),
            let watchedProcesses = decoder.number(), watched != .max || watchedProcesses == .max,
            let path = decoder.text(), let count = decoder.number(), count <= UInt64(Self.argumentLimit)
        else { return nil }
        var arguments: [String] = []
        for _ in 0..<count {
            guard let argument = decoder.text(), !argument.utf8.contains(0) else { return nil }
            arguments.append(argument)
        }
        guard let variables = decoder.number(), variables <= UInt64(Self.argumentLimit) else { return nil }
        var (environment, last): ([String: String], String) = ([:], "")
        for _ in 0..<variables {
            // In the order of their names, so that each stands once; the first is not empty.
            guard let name = decoder.text(), let value = decoder.text(),
                last.utf8.lexicographicallyPrecedes(name.utf8),
                !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") }), !value.utf8.contains(0)
            else { return nil }
            environment[name] = value
            last = name
        }
        guard decoder.isAtEnd, environment.count == Int(clamping: variables), path.hasPrefix("/"),
            !path.utf8.contains(0)
        else { return nil }
        self.init(
            path: path, arguments: arguments, environment: environment, milliseconds: milliseconds,
            limits: ProcessLimits(
                processorSeconds: processorSeconds, fileBytes: fileBytes, openFiles: openFiles, processes: processes),
            watched: watched == .max ? nil : Watched(bytes: watched, processes: watchedProcesses))
    }
}
