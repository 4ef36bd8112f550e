import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx import`.
struct Import: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a capsule from a skill or a knowledge unit.",
        discussion: """
            A folder with SKILL.md, or with content.md and metadata.yaml, becomes a capsule: its files are copied byte for byte, and \
            a manifest is made from the front matter or the metadata. The content must have the size and the checksum that the \
            metadata gives. A manifest that is there already is kept. Nothing is committed yet.

            Example:
              amx import ~/skills/pdf
              amx import ~/units/refund-rules --id refund-rules
            """)

    @Argument(help: ArgumentHelp("The skill's or unit's folder.", valueName: "dir")) var directory: String
    @Option(help: "The capsule's id; by default made from its name or title.") var id: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let wanted = try id.map { try CapsuleID($0) }
        let folder = try WorkingDirectory.absolute(directory)
        guard Directory.isDirectory(folder) else {
            let why = Directory.exists(folder) ? "it is not a directory" : "there is no such directory"
            throw AmxError(
                .notFound, "cannot import \(directory): \(why)",
                hint: "name a folder with SKILL.md, or with content.md and metadata.yaml, in it")
        }
        let workspace = try Place().workspace
        // A folder may name its author itself, so an unknown user is no obstacle.
        let identity = try? workspace.identity()
        let author = identity.map { Developer(name: $0.name, email: $0.email) }
        let made = try workspace.write { () throws(AmxError) in
            try workspace.importFolder(folder, id: wanted, author: author)
        }
        for warning in made.warnings {
            try output.warn("\(warning.file):\(warning.line): \(warning.summary)", isInResult: true)
        }
        try output.confirm(
            json: [
                "id": .string(made.id.string), "path": .string(made.path),
                "warnings": .array(made.warnings.map(\.json)),
            ]
        ) { _ in "Imported \(made.id) to \(WorkingDirectory.shown(made.path))" }
    }
}
