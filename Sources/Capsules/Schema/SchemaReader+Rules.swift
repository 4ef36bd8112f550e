extension SchemaReader {
    /// Keywords that say something for people or for other keywords, and refuse nothing by themselves.
    private static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "$defs", "definitions", "$anchor", "$dynamicAnchor", "$vocabulary", "title",
        "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "format",
        "contentEncoding", "contentMediaType", "contentSchema",
    ]

    /// Keywords that others take along.
    private static let companions: Set<String> = [
        "minContains", "maxContains", "then", "else", "additionalProperties", "patternProperties", "additionalItems",
        "prefixItems",
    ]

    /// The rules of one schema, in the order of its keywords.
    mutating func rules(of place: Place) throws(SchemaFault) -> [SchemaRule] {
        switch place.value {
        case .bool(let takesAll): return takesAll ? [] : [.never]
        case .object(let object):
            var rules: [SchemaRule] = []
            for member in object.members {
                if let more = try self.rules(of: member.key, member.value, in: object, place) {
                    rules += more
                } else if !Self.annotations.contains(member.key), !Self.companions.contains(member.key),
                    !member.key.utf8.starts(with: "x-".utf8)
                {
                    passOver(place.path.key(member.key))
                }
            }
            if let elements = try elements(of: object, place) { rules.append(elements) }
            if let members = try members(of: object, place) { rules.append(.members(members)) }
            return rules
        default: throw .malformed(at: place.path, expected: "a schema: an object, true or false")
        }
    }

    /// The rules of one keyword, or nil where it has none.
    private mutating func rules(
        of keyword: String, _ value: JSONValue, in object: JSONObject, _ place: Place
    ) throws(SchemaFault) -> [SchemaRule]? {
        let path = place.path.key(keyword)
        switch keyword {
        case "type": return [.types(try types(value, path))]
        case "enum":
            guard let values = value.array else { throw .malformed(at: path, expected: "an array") }
            return [Self.choices(values)]
        case "const": return [Self.choices([value])]

        case "minimum": return [.atLeast(try number(value, path))]
        case "exclusiveMinimum": return [.above(try number(value, path))]
        case "maximum": return [.atMost(try number(value, path))]
        case "exclusiveMaximum": return [.below(try number(value, path))]
        case "multipleOf":
            let number = try number(value, path)
            guard number.isPositive else { throw .malformed(at: path, expected: "a number above 0") }
            return [.multiple(of: number)]

        case "minLength": return [.shortest(try count(value, path))]
        case "maxLength": return [.longest(try count(value, path))]
        case "pattern":
            guard let text = value.string else { throw .malformed(at: path, expected: "a string") }
            return pattern(text).map { [.pattern($0)] }

        case "minItems": return [.fewestElements(try count(value, path))]
        case "maxItems": return [.mostElements(try count(value, path))]
        case "uniqueItems":
            guard let isSet = value.bool else { throw .malformed(at: path, expected: "true or false") }
            return isSet ? [.distinctElements] : []
        // Together with `prefixItems`.
        case "items": return []
        case "contains":
            let least = try object["minContains"].map { value throws(SchemaFault) in
                try count(value, place.path.key("minContains"))
            }
            let most = try object["maxContains"].map { value throws(SchemaFault) in
                try count(value, place.path.key("maxContains"))
            }
            return [
                .contains(try number(of: value, at: [.key(keyword)], below: place), atLeast: least ?? 1, atMost: most)
            ]

        case "minProperties": return [.fewestMembers(try count(value, path))]
        case "maxProperties": return [.mostMembers(try count(value, path))]
        case "required": return [.required(try names(value, path))]
        // Together with `additionalProperties`.
        case "properties": return []
        case "propertyNames": return [.names(try number(of: value, at: [.key(keyword)], below: place))]
        case "dependentRequired", "dependentSchemas", "dependencies":
            return try dependents(keyword, value, path, place)

        case "allOf": return [.all(try schemas(value, keyword, place))]
        case "anyOf": return [.any(try schemas(value, keyword, place))]
        case "oneOf": return [.one(try schemas(value, keyword, place))]
        case "not": return [.not(try number(of: value, at: [.key(keyword)], below: place))]
        case "if":
            let then = try schema("then", of: object, place)
            let otherwise = try schema("else", of: object, place)
            guard then != nil || otherwise != nil else { return [] }
            return [
                .condition(try number(of: value, at: [.key(keyword)], below: place), then: then, otherwise: otherwise)
            ]
        case "$ref":
            guard let text = value.string else { throw .malformed(at: path, expected: "a string") }
            return [.reference(try number(ofReference: text, from: place))]
        default: return nil
        }
    }

    // MARK: Several keywords together

    private mutating func elements(of object: JSONObject, _ place: Place) throws(SchemaFault) -> SchemaRule? {
        let others: (keyword: String, value: JSONValue)?
        let first: [Int]
        if let prefix = object["prefixItems"] {
            first = try schemas(prefix, "prefixItems", place)
            others = object["items"].map { ("items", $0) }
        } else if case .array(let schemas)? = object["items"] {
            // As in draft 7.
            first = try self.schemas(.array(schemas), "items", place)
            others = object["additionalItems"].map { ("additionalItems", $0) }
        } else {
            first = []
            others = object["items"].map { ("items", $0) }
        }
        let number = try others.map { others throws(SchemaFault) in
            try self.number(of: others.value, at: [.key(others.keyword)], below: place)
        }
        return first.isEmpty && number == nil ? nil : .elements(first: first, others: number)
    }

    private mutating func members(of object: JSONObject, _ place: Place) throws(SchemaFault) -> SchemaMembers? {
        var members = SchemaMembers()
        if let properties = object["properties"] {
            for member in try self.members(properties, place.path.key("properties")) {
                members.named[KeyBytes(member.key)] =
                    try number(of: member.value, at: [.key("properties"), .key(member.key)], below: place)
            }
        }
        var isKnown = true
        if let patterns = object["patternProperties"] {
            let path = place.path.key("patternProperties")
            for member in try self.members(patterns, path) {
                if let pattern = pattern(member.key) {
                    let steps: [JSONPath.Step] = [.key("patternProperties"), .key(member.key)]
                    members.matching.append((pattern, try number(of: member.value, at: steps, below: place)))
                } else {
                    isKnown = false
                    passOver(path.key(member.key))
                }
            }
        }
        if let others = object["additionalProperties"] {
            let schema = try number(of: others, at: [.key("additionalProperties")], below: place)
            // Whose names a pattern that cannot be used would match is not known.
            if isKnown { members.others = schema } else { passOver(place.path.key("additionalProperties")) }
        }
        return members.named.isEmpty && members.matching.isEmpty && members.others == nil ? nil : members
    }

    private mutating func dependents(
        _ keyword: String, _ value: JSONValue, _ path: JSONPath, _ place: Place
    ) throws(SchemaFault) -> [SchemaRule] {
        var rules: [SchemaRule] = []
        for member in try members(value, path) {
            if keyword == "dependentRequired" || keyword == "dependencies" && member.value.array != nil {
                rules.append(.requiredWith(member.key, try names(member.value, path.key(member.key))))
            } else {
                let steps: [JSONPath.Step] = [.key(keyword), .key(member.key)]
                rules.append(.schemaWith(member.key, try number(of: member.value, at: steps, below: place)))
            }
        }
        return rules
    }

    // MARK: Values of keywords

    private func types(_ value: JSONValue, _ path: JSONPath) throws(SchemaFault) -> SchemaTypes {
        let names = value.array ?? [value]
        let types = names.compactMap { $0.string.flatMap(SchemaTypes.init(name:)) }
        guard !types.isEmpty, types.count == names.count else {
            throw .malformed(at: path, expected: "names of types, such as \"string\"")
        }
        return types.reduce(into: SchemaTypes(rawValue: 0)) { $0.formUnion($1) }
    }

    private static func choices(_ values: [JSONValue]) -> SchemaRule {
        let shown = values.prefix(10).map(ManifestReader.describe).joined(separator: ", ")
        let words = values.count == 1 ? shown : "one of \(shown)\(values.count > 10 ? ", …" : "")"
        return .choices(Set(values.map(\.bySchemaValue)), words: values.isEmpty ? "nothing" : words)
    }

    private func number(_ value: JSONValue, _ path: JSONPath) throws(SchemaFault) -> SchemaNumber {
        guard let number = SchemaNumber(value) else { throw .malformed(at: path, expected: "a number") }
        return number
    }

    private func count(_ value: JSONValue, _ path: JSONPath) throws(SchemaFault) -> Int {
        switch value.bySchemaValue {
        case .integer(let number) where number >= 0: return Int(number)
        case .double(let number) where number >= 0x1p63: return .max
        default: throw .malformed(at: path, expected: "a whole number, at least 0")
        }
    }

    private func names(_ value: JSONValue, _ path: JSONPath) throws(SchemaFault) -> [String] {
        let names = value.array?.compactMap(\.string)
        guard let names, names.count == value.array?.count else {
            throw .malformed(at: path, expected: "an array of strings")
        }
        return names
    }

    private func members(_ value: JSONValue, _ path: JSONPath) throws(SchemaFault) -> [JSONObject.Member] {
        guard let object = value.object else { throw .malformed(at: path, expected: "an object") }
        return object.members
    }

    private func pattern(_ text: String) -> SchemaPattern? {
        matcher?(text).map { SchemaPattern(text: text, matcher: $0) }
    }

    private mutating func schema(
        _ keyword: String, of object: JSONObject, _ place: Place
    ) throws(SchemaFault) -> Int? {
        guard let value = object[keyword] else { return nil }
        return try number(of: value, at: [.key(keyword)], below: place)
    }

    private mutating func schemas(
        _ value: JSONValue, _ keyword: String, _ place: Place
    ) throws(SchemaFault) -> [Int] {
        guard let values = value.array, !values.isEmpty else {
            throw .malformed(at: place.path.key(keyword), expected: "an array of schemas")
        }
        var numbers: [Int] = []
        for (index, value) in values.enumerated() {
            numbers.append(try number(of: value, at: [.key(keyword), .index(index)], below: place))
        }
        return numbers
    }
}
