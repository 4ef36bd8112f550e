import ArgumentParser
import Capsules
import Objects
import Versions
import Workspaces

/// `amx why`.
struct Why: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say why a capsule is here.",
        discussion: """
            Shows the shortest way from the workspace to it, then everybody who requires it, with the versions that they take.

            Example:
              amx why product-catalog
            """)

    @Argument(help: "The capsule.") var id: String
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let id = try CapsuleID(id)
        let graph = try DependencyGraph(place.workspace)
        let dependents = graph.dependents(of: id)
        guard graph.nodes[id] != nil || !dependents.isEmpty else {
            throw AmxError(
                .notFound, "\(id) is neither installed nor developed here, and nothing requires it",
                hint: NearNames.hint(for: id.string, among: graph.nodes.keys.map(\.string)))
        }
        let path = graph.path(to: id)
        try output.show(
            json: [
                "id": .string(id.string), "version": .optional(graph.nodes[id]?.version.text),
                "developed": .bool(graph.nodes[id]?.isDeveloped ?? false),
                "path": .array((path ?? []).map(Self.json)), "requiredBy": .array(dependents.map(Self.json)),
            ]
        ) { style in
            var lines = ["\(id) \(graph.nodes[id]?.version.text ?? "is not here")"]
            if graph.nodes[id]?.isDeveloped == true { lines.append("It is developed here.") }
            if let path, let first = path.first {
                let names = [first.from?.string ?? "the workspace"] + path.map(\.to.string)
                lines.append(names.joined(separator: " > "))
            } else if dependents.isEmpty, graph.nodes[id]?.isDeveloped != true {
                lines.append("Nothing requires it: the next `amx install` removes it.")
            }
            if !dependents.isEmpty {
                var table = Table()
                for edge in dependents {
                    table.add(edge.from?.string ?? "the workspace", edge.constraint.description, Self.word(edge.kind))
                }
                lines.append(style.faint("required by"))
                lines.append(table.text(indent: "  "))
            }
            return lines.joined(separator: "\n")
        }
    }

    private static func word(_ kind: Dependency.Kind) -> String {
        switch kind {
        case .required: ""
        case .peer: "peer"
        case .optional: "optional"
        case .development: "dev"
        }
    }

    /// A requirement as JSON.
    static func json(_ edge: DependencyGraph.Edge) -> JSONValue {
        [
            "from": .optional(edge.from?.string), "to": .string(edge.to.string),
            "kind": .string(edge.kind.rawValue), "constraint": .string(edge.constraint.description),
        ]
    }
}
