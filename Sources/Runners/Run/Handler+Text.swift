import Capsules

extension Handler {
    /// Reads `mcp:SERVER#TOOL`; nil for anything else.
    init?(serverTool text: String) {
        guard let (id, tool) = Self.split(text, after: "mcp:") else { return nil }
        self = .server(id: id, tool: tool)
    }

    /// Reads `component:ID#EXPORT`; nil for anything else.
    init?(componentExport text: String) {
        guard let (id, export) = Self.split(text, after: "component:") else { return nil }
        self = .component(id: id, export: export)
    }

    private static func split(_ text: String, after prefix: String) -> (String, String)? {
        guard text.utf8.starts(with: prefix.utf8), let mark = text.firstIndex(of: "#") else { return nil }
        let (id, name) = (text[..<mark].dropFirst(prefix.count), text[text.index(after: mark)...])
        return id.isEmpty || name.isEmpty ? nil : (String(id), String(name))
    }
}
