package import Capsules

/// A tool as its server lists it.
package struct ServerTool: Hashable, Sendable {
    package let name: String
    package let title: String?
    /// What agents are told of it; the server's own words, which nobody has checked.
    package let description: String?
    /// The JSON Schema of what it takes.
    package let inputSchema: JSONObject
    /// The JSON Schema of what it gives, where the server says it.
    package let outputSchema: JSONObject?
    /// What the server says of its effects, where it does.
    package let annotations: JSONObject?

    /// Reads an element of a list; `malformed` or `exceeded` where it is none, or too large.
    init(_ value: JSONValue, limits: ServerLimits) throws(ServerFault) {
        guard let name = value["name"]?.string, !name.isEmpty, name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw .malformed("it lists a tool without a name") }
        guard name.utf8.count <= limits.nameBytes else {
            throw .exceeded("it lists a tool whose name has more than \(limits.nameBytes) bytes")
        }
        let description = value["description"]?.string
        guard (description?.utf8.count ?? 0) <= limits.descriptionBytes else {
            throw .exceeded("its tool '\(name)' has a description of more than \(limits.descriptionBytes) bytes")
        }
        guard let schema = value["inputSchema"]?.object else {
            throw .malformed("its tool '\(name)' does not say what it takes")
        }
        self.name = name
        self.description = description
        inputSchema = schema
        title = value["title"]?.string.flatMap { $0.utf8.count <= limits.descriptionBytes ? $0 : nil }
        outputSchema = value["outputSchema"]?.object
        annotations = value["annotations"]?.object
    }
}
