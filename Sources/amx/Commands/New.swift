import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx new`.
struct New: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a capsule's directory, with a manifest and examples.",
        discussion: """
            The manifest is filled in and valid; its author is the configured user. Nothing is committed yet. With --template it also \
            begins with code that runs at once: a script (js), a program (python), a component of WebAssembly (wasm), or a server with a \
            tool (mcp).

            Example:
              amx new customer-service
              amx new greeter --template js && amx run greeter
            """)

    @Argument(help: "The capsule's id: lower-case letters, digits and hyphens, with dots between labels.")
    var id: String
    @Option(help: "Its name for people; by default made from the id.") var name: String?
    @Option(help: ArgumentHelp("Code to begin with.", valueName: "kind")) var template: CodeTemplate?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let id = try CapsuleID(id)
        let workspace = try Place().workspace
        let identity = try workspace.identity()
        let author = Developer(name: identity.name, email: identity.email)
        let path = try workspace.write { () throws(AmxError) in
            try workspace.newCapsule(id, name: name, author: author, code: template)
        }
        try output.confirm(json: ["id": .string(id.string), "path": .string(path)]) { _ in
            "Made \(id) in \(WorkingDirectory.shown(path))"
        }
    }
}

extension CodeTemplate: ExpressibleByArgument {}
