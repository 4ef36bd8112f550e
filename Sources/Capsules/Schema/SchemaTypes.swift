/// The types of JSON Schema, of which a value has one, or two: a whole number is an integer and a number.
struct SchemaTypes: OptionSet {
    let rawValue: UInt8

    static let null = SchemaTypes(rawValue: 1)
    static let boolean = SchemaTypes(rawValue: 2)
    static let object = SchemaTypes(rawValue: 4)
    static let array = SchemaTypes(rawValue: 8)
    static let number = SchemaTypes(rawValue: 16)
    static let string = SchemaTypes(rawValue: 32)
    static let integer = SchemaTypes(rawValue: 64)

    private static let names: [(name: String, type: SchemaTypes, words: String)] = [
        ("object", .object, "an object"), ("array", .array, "an array"), ("string", .string, "a string"),
        ("number", .number, "a number"), ("integer", .integer, "a whole number"),
        ("boolean", .boolean, "true or false"), ("null", .null, "null"),
    ]

    /// The type of a name as schemas write it.
    init?(name: String) {
        guard let type = Self.names.first(where: { $0.name == name })?.type else { return nil }
        self = type
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The types of a value.
    init(of value: JSONValue) {
        self =
            switch value {
            case .null: .null
            case .bool: .boolean
            case .integer: [.integer, .number]
            case .double(let number): number.rounded(.towardZero) == number ? [.integer, .number] : .number
            case .string: .string
            case .array: .array
            case .object: .object
            }
    }

    /// All of them in words.
    var words: String {
        Self.names.filter { contains($0.type) && !($0.type == .integer && contains(.number)) }.map(\.words)
            .joined(separator: " or ")
    }
}
