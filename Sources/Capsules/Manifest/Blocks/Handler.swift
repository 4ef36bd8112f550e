package import Objects

/// What is called when something of a capsule is to run: a tool, or the capsule itself.
package enum Handler: Hashable, Sendable {
    /// A script or an executable file of the capsule.
    case file(TreePath)
    /// `component:ID#EXPORT`: what one of the manifest's components exports.
    case component(id: String, export: String)
    /// `mcp:ID#TOOL`: a tool of one of the manifest's servers.
    case server(id: String, tool: String)

    /// The engines that can run it, the one that is taken by itself first.
    package var engines: [Engine] {
        switch self {
        case .component: [.wasm]
        case .server: [.mcp]
        // Modules need a loader, which only a process has.
        case .file(let path): path.name.hasSuffix(".js") ? [.js, .process] : [.process]
        }
    }

    /// The engine that runs it where nothing else is said; `preferred` counts where it can run it.
    package func engine(preferring preferred: Engine? = nil) -> Engine {
        let engines = engines
        if let preferred, engines.contains(preferred) { return preferred }
        return engines.first ?? .process
    }
}

extension Handler: CustomStringConvertible {
    /// The handler as a manifest has it.
    package var description: String {
        switch self {
        case .file(let path): path.string
        case .component(let id, let export): "component:\(id)#\(export)"
        case .server(let id, let tool): "mcp:\(id)#\(tool)"
        }
    }
}
