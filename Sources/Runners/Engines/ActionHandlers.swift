import Capsules
import Glibc
import Objects

/// What a capsule's engines know by the names of actions, as `eventHandlers` and `interceptors` have them (`docs/running.md`,
/// "Events between capsules").
struct ActionHandlers {
    let manifest: Manifest
    /// A folder with exactly the capsule's files.
    let folder: String

    /// What the first engine that supports an action does for it, in the order of engines, and which that is (row S-094); nil where none does.
    func first(_ action: String) throws(AmxError) -> (handler: Handler, engine: Engine)? {
        for part in EngineSet.Part.allCases {
            if let engine = part.engine, let handler = try handler(of: action, by: part) { return (handler, engine) }
        }
        return nil
    }

    /// What an engine does for an action; nil where it does not support it.
    private func handler(of action: String, by part: EngineSet.Part) throws(AmxError) -> Handler? {
        if let tool = manifest.tools.first(where: { $0.name.utf8.elementsEqual(action.utf8) }) {
            return EngineSet.Part(tool.engine) == part ? tool.handler : nil
        }
        switch part {
        case .wasm: return try component(action)
        case .mcp:
            guard case .server(let id, _)? = Handler(serverTool: action) else { return nil }
            return manifest.mcpServers.contains { $0.id.utf8.elementsEqual(id.utf8) }
                ? Handler(serverTool: action) : nil
        case .js: return script(action, by: .js)
        case .process: return script(action, by: .process)
        case .static: return nil
        }
    }

    /// Of `component:ID#EXPORT` that component; of any other name the first one that exports a function so called.
    private func component(_ action: String) throws(AmxError) -> Handler? {
        if let named = Handler(componentExport: action), case .component(let id, _) = named {
            return manifest.components.contains { $0.id.utf8.elementsEqual(id.utf8) } ? named : nil
        }
        for component in manifest.components where component.kind == .executable {
            let path = "\(folder)/\(component.file)"
            guard let bytes = try FileContent.read(path, limit: WasmExports.fileLimit) else { continue }
            if WasmExports.contains(action, in: bytes) { return .component(id: component.id, export: action) }
        }
        return nil
    }

    private func script(_ action: String, by engine: Engine) -> Handler? {
        guard let path = try? TreePath(action) else { return nil }
        let handler = Handler.file(path)
        guard handler.engine(preferring: manifest.runtime.engine) == engine else { return nil }
        var status = stat()
        guard lstat("\(folder)/\(path)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return handler
    }
}
