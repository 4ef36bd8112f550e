extension YAMLNode {
    /// The document as JSON, every scalar a string: what a scalar means is up to whoever reads the file.
    var json: JSONValue {
        switch self {
        case .scalar(let text): .string(text)
        case .sequence(let elements): .array(elements.map(\.json))
        case .mapping(let members): .object(JSONObject(members.map { ($0.key, $0.value.json) }))
        }
    }
}
