import ArgumentParser
import Capsules
import Objects
import Versions
import Workspaces

/// `amx undo`.
struct Undo: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take back the last command that installed, moved, removed or configured capsules.",
        discussion: """
            amx.json, amx.lock and every capsule that it moved become what they were; undoing that is a redo. Refused, with exit \
            status 6, when amx.json or amx.lock has changed since.

            Example:
              amx undo
              amx undo --list
              amx undo --to 66119c01c1
            """)

    @Flag(help: "List what was done, the newest first.") var list = false
    @Option(help: ArgumentHelp("Go back to what an operation of the list has left.", valueName: "commit"))
    var to: String?
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let log = OperationLog(place.workspace)
        if list { return try show(log, output) }
        if let to { return try goBack(to: to, log, in: place.workspace, output) }
        let entry = try log.undoable()
        let run = InstallationRun(workspace: place.workspace, options: options, output: output)
        let result = try run.undo(entry)
        try output.confirm(
            json: [
                "undone": .string(entry.commit.hex), "command": .string(entry.operation.line),
                "operation": .optional(result?.operation?.hex),
                "capsules": .array((result?.changes ?? []).map(Self.json)), "dryRun": .bool(options.isDryRun),
            ]
        ) { _ in
            options.isDryRun ? "Would take back `\(entry.operation.line)`" : "Took back `\(entry.operation.line)`"
        }
    }

    private func goBack(
        to prefix: String, _ log: OperationLog, in workspace: Workspace, _ output: Output
    ) throws {
        let last = try log.undoable()
        let entries = try log.list()
        let found = entries.filter { prefix.count >= 7 && $0.commit.hex.hasPrefix(prefix.lowercased()) }
        guard let target = found.first, found.count == 1 else {
            throw AmxError(
                .notFound, "no operation of this workspace is \(prefix)",
                hint: "`amx undo --list` shows them; give at least seven digits")
        }
        let later = Array(entries.prefix { $0.commit != target.commit })
        let operation = try WorkspaceOperation(restoring: target, after: later, in: workspace)
        let run = InstallationRun(workspace: workspace, options: options, output: output)
        let result = try run.carry(operation)
        try output.confirm(
            json: [
                "undone": .string(last.commit.hex), "command": .string(target.operation.line),
                "operation": .optional(result?.operation?.hex),
                "capsules": .array((result?.changes ?? []).map(Self.json)), "dryRun": .bool(options.isDryRun),
            ]
        ) { _ in
            "\(options.isDryRun ? "Would go" : "Went") back to what `\(target.operation.line)` has left"
        }
    }

    private func show(_ log: OperationLog, _ output: Output) throws {
        let entries = try log.list(limit: 1000)
        output.page()
        try output.show(
            json: [
                "operations": .array(
                    entries.map {
                        [
                            "commit": .string($0.commit.hex), "command": .string($0.operation.line),
                            "time": .string($0.operation.time.text),
                            "undoes": .optional($0.operation.undoes?.hex),
                        ]
                    })
            ]
        ) { style in
            guard !entries.isEmpty else { return "Nothing has been done yet" }
            var table = Table()
            for entry in entries {
                table.add(
                    style.yellow(entry.commit.abbreviated), "\(entry.operation.time.text.prefix(19))Z",
                    entry.operation.line)
            }
            return table.text()
        }
    }

    private static func json(_ change: OperationResult.Change) -> JSONValue {
        [
            "id": .string(change.id.string), "from": .optional(change.old?.version.text),
            "to": .optional(change.new?.version.text),
        ]
    }
}
