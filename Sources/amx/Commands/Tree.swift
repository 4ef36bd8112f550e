import ArgumentParser
import Capsules
import Objects
import Versions
import Workspaces

/// `amx tree`.
struct Tree: AmxCommand {
    /// How many levels are opened at most: each is indented further, and has a place on the stack.
    private static let levels = 500

    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Show who requires what, as a tree.",
        discussion: """
            What stands a second time is marked (*) and not opened again; what is required and not here, (missing).

            --load shows in which order capsules are loaded instead: who provides something comes before all who require it. \
            It warns of what is required and nobody provides, and fails where capsules wait for each other.

            Example:
              amx tree
              amx tree --load
              amx tree customer-service --depth 1
            """)

    @Argument(help: "Where the tree begins; all that the workspace requires and develops without.") var id: String?
    @Option(help: "How many levels below.") var depth: Int?
    @Flag(help: "Show in which order capsules are loaded.") var load = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let depth, depth < 0 { throw ValidationError("--depth must not be negative") }
        if load, depth != nil || id != nil { throw ValidationError("--load stands alone: it is about all capsules") }
    }

    func run(_ output: Output) throws {
        let place = try Place()
        if load { return try showLoadOrder(of: place.workspace, output) }
        let graph = try DependencyGraph(place.workspace)
        var roots = graph.roots
        if let id {
            let root = try CapsuleID(id)
            guard graph.nodes[root] != nil else {
                throw AmxError(
                    .notFound, "\(root) is neither installed nor developed here",
                    hint: NearNames.hint(for: id, among: graph.nodes.keys.map(\.string)))
            }
            roots = [root]
        }
        output.page()
        try output.show(json: json(graph, roots)) { style in
            var seen: Set<CapsuleID> = []
            var lines: [String] = []
            for root in roots {
                guard let node = graph.nodes[root] else { continue }
                lines.append(label(node, style))
                open(root, in: graph, indent: "", level: 0, &seen, &lines, style)
            }
            return lines.isEmpty ? "Nothing is required or developed here" : lines.joined(separator: "\n")
        }
    }

    private func showLoadOrder(of workspace: Workspace, _ output: Output) throws {
        let candidates = try workspace.loadCandidates()
        let order: LoadOrder
        do throws(LoadCycle) {
            order = try LoadOrder(candidates)
        } catch {
            let circle = (error.cycle + error.cycle.prefix(1)).joined(separator: ", which comes before ")
            throw AmxError(
                .failure, "\(error)", hint: "\(circle): let one of them do without what the one before it provides")
        }
        for unmet in order.unmet {
            try output.warn("\(unmet.name) requires \(unmet.requirement), which nobody provides")
        }
        let names = order.indices.map { candidates[$0].name }
        output.page()
        try output.show(
            json: [
                "order": .strings(names),
                "unmet": .array(
                    order.unmet.map { ["id": .string($0.name), "requirement": .string($0.requirement)] }),
            ]
        ) { _ in
            names.isEmpty ? "Nothing is required or developed here" : names.joined(separator: "\n")
        }
    }

    private func label(_ node: DependencyGraph.Node, _ style: Style) -> String {
        "\(node.id) \(node.version)" + (node.isDeveloped ? style.faint(" (developed here)") : "")
    }

    private func open(
        _ id: CapsuleID, in graph: DependencyGraph, indent: String, level: Int, _ seen: inout Set<CapsuleID>,
        _ lines: inout [String], _ style: Style
    ) {
        guard depth.map({ level < $0 }) ?? true else { return }
        let edges = graph.requirements(of: id)
        guard level < Self.levels || edges.isEmpty else {
            lines[lines.count - 1] += style.faint(" (...)")
            return
        }
        guard seen.insert(id).inserted || edges.isEmpty else {
            lines[lines.count - 1] += style.faint(" (*)")
            return
        }
        for (index, edge) in edges.enumerated() {
            let isLast = index == edges.count - 1
            let node = graph.nodes[edge.to]
            let state =
                node.map { label($0, style) }
                ?? "\(edge.to) \(style.faint(edge.kind == .optional ? "(left out)" : "(missing)"))"
            lines.append("\(indent)\(isLast ? "└── " : "├── ")\(state)\(Self.kind(edge.kind, style))")
            guard node != nil else { continue }
            open(
                edge.to, in: graph, indent: indent + (isLast ? "    " : "│   "), level: level + 1, &seen, &lines, style)
        }
    }

    private static func kind(_ kind: Dependency.Kind, _ style: Style) -> String {
        switch kind {
        case .required: ""
        case .peer: style.faint(" (peer)")
        case .optional: style.faint(" (optional)")
        case .development: style.faint(" (dev)")
        }
    }

    private func json(_ graph: DependencyGraph, _ roots: [CapsuleID]) -> JSONValue {
        let nodes = graph.nodes.values.sorted { $0.id < $1.id }
        return [
            "roots": .strings(roots.map(\.string)),
            "capsules": .array(
                nodes.map { node in
                    [
                        "id": .string(node.id.string), "version": .string(node.version.text),
                        "developed": .bool(node.isDeveloped),
                        "requires": .array(graph.requirements(of: node.id).map(Why.json)),
                    ]
                }),
        ]
    }
}
