import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx import`.
struct Import: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a capsule from a skill's folder.",
        discussion: """
            A folder with SKILL.md becomes a capsule: its files are copied byte for byte, and a manifest is made from the front \
            matter. A manifest that is there already is kept. Nothing is committed yet.

            Example:
              amx import ~/skills/pdf
            """)

    @Argument(help: ArgumentHelp("The skill's folder.", valueName: "dir")) var directory: String
    @Option(help: "The capsule's id; by default made from the skill's name.") var id: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let wanted = try id.map { try CapsuleID($0) }
        let folder = try WorkingDirectory.absolute(directory)
        guard Directory.isDirectory(folder) else {
            let why = Directory.exists(folder) ? "it is not a directory" : "there is no such directory"
            throw AmxError(
                .notFound, "cannot import \(directory): \(why)", hint: "name a skill's folder, with SKILL.md in it")
        }
        let workspace = try Place().workspace
        // A skill may name its author itself, so an unknown user is no obstacle.
        let identity = try? workspace.identity()
        let author = identity.map { Developer(name: $0.name, email: $0.email) }
        let (id, path) = try workspace.write { () throws(AmxError) in
            try workspace.importSkill(from: folder, id: wanted, author: author)
        }
        try output.confirm(json: ["id": .string(id.string), "path": .string(path)]) { _ in
            "Imported \(id) to \(WorkingDirectory.shown(path))"
        }
    }
}
