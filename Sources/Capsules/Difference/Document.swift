import Objects

/// A JSON or YAML file as one value.
struct Document {
    /// The languages.
    enum Kind: Hashable {
        case json
        case yaml

        /// The language that a file's name says; nil for every other file.
        init?(of path: TreePath) {
            let name = path.name.utf8
            func ends(_ suffix: String) -> Bool { name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }
            if ends(".json") {
                self = .json
            } else if ends(".yaml") || ends(".yml") {
                self = .yaml
            } else {
                return nil
            }
        }
    }

    let value: JSONValue

    /// Reads a file's bytes; nil when they are not of the language.
    init?(_ bytes: [UInt8], _ kind: Kind) {
        switch kind {
        case .json:
            guard let value = try? JSONParser.parse(bytes) else { return nil }
            self.value = value
        case .yaml:
            guard let text = String(validating: bytes, as: UTF8.self), let node = try? YAMLReader.parse(text) else {
                return nil
            }
            value = node.json
        }
    }
}
