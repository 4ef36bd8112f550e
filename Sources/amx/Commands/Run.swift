import ArgumentParser
import Capsules
import Objects
import Runners
import Workspaces

/// `amx run`.
struct Run: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a capsule, or one of its tools, in the sandbox.",
        discussion: """
            Takes JSON as an argument, or from standard input for `-`; by default an empty object. What the code gives back goes to \
            standard output as JSON, with --json with its outcome and what it used; what it writes to its standard error goes to \
            standard error. A run that fails is printed whole, with exit status 7 when it was denied, else 1. Each run is an event.

            Example:
              amx run word-count - < text.json
              amx run customer-service.lookup --timeout 2000
              API_TOKEN=$(pass show token) amx run customer-service.lookup --env API_TOKEN
            """)

    @Argument(help: ArgumentHelp("The capsule, with a tool after a dot.", valueName: "id[.tool]")) var subject: String
    @Argument(help: ArgumentHelp("What it is given, as JSON, or - for standard input.", valueName: "json|-"))
    var input: String = "{}"
    @Option(help: ArgumentHelp("How long it may take, in milliseconds.", valueName: "ms")) var timeout: UInt64?
    @Option(help: ArgumentHelp("How much memory it may have, in MiB.", valueName: "mib")) var memory: UInt64?
    @Option(help: ArgumentHelp("What it runs in: container or vm.", valueName: "kind"))
    var isolation: SandboxSettings.Isolation?
    @OptionGroup var settings: SettingOptions
    @OptionGroup var global: GlobalOptions

    /// How much may be given.
    private static let inputLimit = 16 << 20

    func run(_ output: Output) throws {
        let given = try given()
        Interruption.catchSignals()
        let place = try Place()
        let (capsule, tool) = try named(in: place.workspace)
        let session = try RunSession(capsule, settings: settings.words)
        let target = try RunTarget(tool, of: session.runnable.manifest, finding: session.finding)
        let (bytes, overflow) = (memory ?? 0).multipliedReportingOverflow(by: 1 << 20)
        guard !overflow else { throw AmxError(.usage, "--memory \(memory ?? 0) is more than there can be") }
        if isolation == .container, session.runnable.manifest.sandbox.isolation == .vm {
            throw AmxError(
                .denied, "\(session.runnable.manifest.id) asks for a virtual machine, and a container is less",
                hint: "leave --isolation out")
        }
        let limits = RunLimits(milliseconds: timeout, memoryBytes: bytes)
        try session.perform(target, input: given, limits: limits, isolation: isolation, output)
    }

    private func given() throws(AmxError) -> JSONValue {
        let bytes =
            try input == "-" ? StandardInput.read(limit: Self.inputLimit) : Array(input.utf8)
        do throws(JSONError) { return try JSONParser.parse(bytes) } catch {
            throw AmxError(
                .usage, "the input is not JSON: \(error.reason)", hint: "give one value, such as '{\"text\": \"...\"}'")
        }
    }

    /// The capsule, and the tool after its id; an id may have dots of its own.
    private func named(in workspace: Workspace) throws(AmxError) -> (WorkspaceCapsule, String?) {
        if let id = try? CapsuleID(subject), try workspace.capsule(id).form() != nil {
            return (workspace.capsule(id), nil)
        }
        // The longest id that is here; what a server calls its tools may have dots as well.
        for dot in subject.indices.reversed() where subject[dot] == "." {
            guard let id = try? CapsuleID(String(subject[..<dot])), try workspace.capsule(id).form() != nil else {
                continue
            }
            return (workspace.capsule(id), String(subject[subject.index(after: dot)...]))
        }
        let name = subject.prefix { $0 != "." }
        throw workspace.capsule(try CapsuleID(subject.contains(":") ? String(name) : subject)).missing()
    }
}

extension SandboxSettings.Isolation: ExpressibleByArgument {}
