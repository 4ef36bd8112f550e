/// What tells the elements of an array apart, so that those of two versions can be matched.
enum ElementIdentity: Hashable {
    /// The elements are strings: each is its own.
    case text
    /// The elements are objects: the values of these members, which are strings or whole numbers.
    case members([String])
    /// The elements are assets: paths, or objects with a `path`.
    case asset

    /// Finds what fits every element of all versions of an array, each with an identity of its own within its version.
    static func find(in versions: [[JSONValue]], policy: JSONMergePolicy) -> ElementIdentity? {
        if fits(.text, versions) { return .text }
        let candidates =
            policy.identities.map(ElementIdentity.members) + (policy == .manifest ? [.asset] : [])
        return candidates.first { fits($0, versions) }
    }

    private static func fits(_ identity: ElementIdentity, _ versions: [[JSONValue]]) -> Bool {
        versions.allSatisfy { identity.names(of: $0) != nil }
    }

    /// The identities of some elements in order; nil when one has none, or two are the same.
    func names(of elements: [JSONValue]) -> [JSONValue]? {
        var names: [JSONValue] = []
        names.reserveCapacity(elements.count)
        for element in elements {
            guard let name = name(of: element) else { return nil }
            names.append(name)
        }
        return Set(names).count == names.count ? names : nil
    }

    /// An element's identity.
    func name(of element: JSONValue) -> JSONValue? {
        switch self {
        case .text: return element.string.map(JSONValue.string)
        case .asset: return (element.string ?? element["path"]?.string).map(JSONValue.string)
        case .members(let keys):
            guard let object = element.object else { return nil }
            var values: [JSONValue] = []
            for key in keys {
                switch object[key] {
                case .string(let text)?: values.append(.string(text))
                case .integer(let number)?: values.append(.integer(number))
                default: return nil
                }
            }
            return .array(values)
        }
    }
}
