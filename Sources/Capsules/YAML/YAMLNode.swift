/// A value of a YAML document; what a scalar means is left to whoever asks.
package indirect enum YAMLNode: Sendable, Hashable {
    case scalar(String)
    case sequence([YAMLNode])
    case mapping([YAMLMember])

    /// The text of a scalar, else nil.
    package var scalar: String? {
        if case .scalar(let text) = self { text } else { nil }
    }

    /// The elements of a sequence, else nil.
    package var sequence: [YAMLNode]? {
        if case .sequence(let elements) = self { elements } else { nil }
    }

    /// The members of a mapping in the order of the text, else nil.
    package var mapping: [YAMLMember]? {
        if case .mapping(let members) = self { members } else { nil }
    }

    /// The value of a mapping's key, compared by its bytes.
    package subscript(key: String) -> YAMLNode? {
        mapping?.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }
}

/// A key of a YAML mapping with its value.
package struct YAMLMember: Sendable, Hashable {
    package let key: String
    package let value: YAMLNode
}
