extension JSONValue {
    /// The same as schemas compare values: whole numbers as integers, members in one order. Those that count as equal
    /// are equal then.
    var bySchemaValue: JSONValue {
        switch self {
        case .double: SchemaNumber(self)?.json ?? self
        case .array(let elements): .array(elements.map(\.bySchemaValue))
        case .object(let object):
            .object(
                JSONObject(
                    distinct: object.members.map { .init(key: $0.key, value: $0.value.bySchemaValue) }
                        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }))
        default: self
        }
    }

    /// How many values it is made of, itself among them.
    var partCount: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.partCount }
        case .object(let object): object.members.reduce(1) { $0 + $1.value.partCount }
        case .string(let text): 1 + text.utf8.count / 64
        default: 1
        }
    }
}
