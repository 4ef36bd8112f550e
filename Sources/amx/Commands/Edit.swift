import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx edit`.
struct Edit: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Turn a packed capsule into a directory, to change it.",
        discussion: """
            The opposite of `amx pack`. A capsule that is a directory already stays as it is.

            Example:
              amx edit product-catalog
            """)

    @Argument(help: "The capsule.") var id: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let capsule = try place.workspace.capsule(place.id(id))
        let result = try place.workspace.write { () throws(AmxError) in try capsule.edit() }
        try output.confirm(json: result.json(capsule.id)) { _ in
            "\(capsule.id) can be edited in \(WorkingDirectory.shown(result.path))"
        }
    }
}
