import Testing

/// Schemas of several schemas, and references.
@Suite struct SchemaCombinationTests {
    static let rows: [SchemaRow] = [
        SchemaRow(
            #"{"allOf": [{"required": ["bar"]}, {"properties": {"foo": {"type": "string"}}, "required": ["foo"]}]}"#,
            takes: [#"{"foo": "baz", "bar": 2}"#],
            refuses: [#"{"foo": "baz"}"#, #"{"bar": 2}"#, #"{"foo": 1, "bar": 2}"#]),
        SchemaRow(#"{"allOf": [{"maximum": 30}, {"minimum": 20}]}"#, takes: ["25"], refuses: ["35", "10"]),
        SchemaRow(#"{"allOf": [true, false]}"#, refuses: ["1"]),
        SchemaRow(#"{"allOf": [{}, {}]}"#, takes: ["1"]),
        SchemaRow(#"{"minimum": 2, "allOf": [{"maximum": 3}]}"#, takes: ["2"], refuses: ["1", "4"]),

        SchemaRow(
            #"{"anyOf": [{"type": "integer"}, {"minimum": 2}]}"#, takes: ["1", "2.5", "3", #""x""#], refuses: ["1.5"]),
        SchemaRow(
            #"{"type": "string", "anyOf": [{"maxLength": 2}, {"minLength": 4}]}"#, takes: [#""fo""#, #""four""#],
            refuses: ["3", #""foo""#]),
        SchemaRow(#"{"anyOf": [false, false]}"#, refuses: ["1"]),
        SchemaRow(#"{"anyOf": [{"type": "number"}, {}]}"#, takes: [#""x""#, "1"]),
        SchemaRow(#"{"anyOf": [{"anyOf": [{"type": "null"}]}]}"#, takes: ["null"], refuses: ["1"]),

        SchemaRow(
            #"{"oneOf": [{"type": "integer"}, {"minimum": 2}]}"#, takes: ["1", "2.5"], refuses: ["3", "1.5", "2.0"]),
        SchemaRow(#"{"oneOf": [true, true]}"#, refuses: ["1"]),
        SchemaRow(#"{"oneOf": [true, false, false]}"#, takes: ["1"]),
        SchemaRow(
            #"{"oneOf": [{"required": ["a", "b"]}, {"required": ["a", "c"]}]}"#,
            takes: [#"{"a": 1, "b": 2}"#, #"{"a": 1, "c": 2}"#], refuses: [#"{"b": 2}"#, #"{"a": 1, "b": 2, "c": 3}"#]),
        SchemaRow(#"{"oneOf": [{"const": "a"}, {"const": "b"}]}"#, takes: [#""a""#, #""b""#], refuses: [#""c""#]),

        SchemaRow(#"{"not": {"type": "integer"}}"#, takes: [#""x""#, "1.5"], refuses: ["1"]),
        SchemaRow(#"{"not": {"type": ["integer", "boolean"]}}"#, takes: [#""x""#], refuses: ["1", "true"]),
        SchemaRow(
            #"{"not": {"type": "object", "properties": {"foo": {"type": "string"}}}}"#,
            takes: ["1", #"{"foo": 1}"#], refuses: [#"{"foo": "x"}"#, "{}"]),
        SchemaRow(#"{"properties": {"foo": {"not": {}}}}"#, takes: ["{}", #"{"bar": 1}"#], refuses: [#"{"foo": 1}"#]),
        SchemaRow(#"{"not": {"not": {"minimum": 3}}}"#, takes: ["3"], refuses: ["2"]),
        SchemaRow(#"{"not": false}"#, takes: ["1"]),

        SchemaRow(#"{"if": {"const": 0}}"#, takes: ["0", "1"]),
        SchemaRow(#"{"then": {"const": 0}}"#, takes: ["1"]),
        SchemaRow(#"{"else": false}"#, takes: ["1"]),
        SchemaRow(
            #"{"if": {"exclusiveMaximum": 0}, "then": {"minimum": -10}}"#, takes: ["-1", "3"], refuses: ["-100"]),
        SchemaRow(
            #"{"if": {"exclusiveMaximum": 0}, "else": {"multipleOf": 2}}"#, takes: ["-1", "4"], refuses: ["3"]),
        SchemaRow(
            #"{"if": {"exclusiveMaximum": 0}, "then": {"minimum": -10}, "else": {"multipleOf": 2}}"#,
            takes: ["-1", "4"], refuses: ["-100", "3"]),
        SchemaRow(#"{"if": true, "then": {"const": "then"}, "else": false}"#, takes: [#""then""#], refuses: [#""x""#]),
        SchemaRow(#"{"if": false, "then": false, "else": {"const": "else"}}"#, takes: [#""else""#], refuses: ["1"]),
        SchemaRow(
            #"{"properties": {"kind": {"enum": ["a", "b"]}}, "if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]}, "then": {"required": ["x"]}, "else": {"required": ["y"]}}"#,
            takes: [#"{"kind": "a", "x": 1}"#, #"{"kind": "b", "y": 1}"#, #"{"y": 1}"#],
            refuses: [#"{"kind": "a", "y": 1}"#, #"{"kind": "b"}"#, "{}"]),

        SchemaRow(
            ##"{"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}"##, takes: [#""x""#], refuses: ["1"]),
        SchemaRow(
            ##"{"properties": {"a": {"$ref": "#/definitions/n"}}, "definitions": {"n": {"minimum": 1}}}"##,
            takes: [#"{"a": 1}"#, "{}"], refuses: [#"{"a": 0}"#]),
        SchemaRow(
            ##"{"properties": {"foo": {"$ref": "#"}}, "additionalProperties": false}"##,
            takes: [#"{"foo": false}"#, #"{"foo": {"foo": {}}}"#, "[]"],
            refuses: [#"{"bar": false}"#, #"{"foo": {"bar": false}}"#, #"{"foo": {"foo": {"x": 1}}}"#]),
        SchemaRow(
            ##"{"properties": {"foo": {"type": "integer"}, "bar": {"$ref": "#/properties/foo"}}}"##,
            takes: [#"{"bar": 3}"#], refuses: [#"{"bar": true}"#]),
        SchemaRow(
            ##"{"prefixItems": [{"type": "integer"}, {"$ref": "#/prefixItems/0"}]}"##, takes: ["[1, 2]"],
            refuses: [#"[1, "x"]"#]),
        SchemaRow(
            ##"{"$defs": {"a~b": {"type": "integer"}, "c/d": {"type": "integer"}, "e%f": {"type": "integer"}, "~1": {"type": "null"}}, "properties": {"t": {"$ref": "#/$defs/a~0b"}, "s": {"$ref": "#/$defs/c~1d"}, "p": {"$ref": "#/$defs/e%25f"}, "o": {"$ref": "#/$defs/~01"}}}"##,
            takes: [#"{"t": 1, "s": 1, "p": 1, "o": null}"#],
            refuses: [#"{"t": "x"}"#, #"{"s": "x"}"#, #"{"p": "x"}"#, #"{"o": 1}"#]),
        SchemaRow(
            ##"{"$defs": {"a": {"type": "integer"}, "b": {"$ref": "#/$defs/a"}, "c": {"$ref": "#/$defs/b"}}, "$ref": "#/$defs/c"}"##,
            takes: ["5"], refuses: [#""a""#]),
        // What stands beside a reference counts.
        SchemaRow(
            ##"{"$defs": {"r": {"type": "array"}}, "properties": {"foo": {"$ref": "#/$defs/r", "maxItems": 2}}}"##,
            takes: [#"{"foo": [1, 2]}"#, "{}"], refuses: [#"{"foo": [1, 2, 3]}"#, #"{"foo": "x"}"#]),
        SchemaRow(
            ##"{"$defs": {"b": false}, "properties": {"a": {"$ref": "#/$defs/b"}}}"##, takes: ["{}"],
            refuses: [#"{"a": 1}"#]),
        // A tree.
        SchemaRow(
            ##"{"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "required": ["value"], "properties": {"value": {"type": "number"}, "next": {"type": "array", "items": {"$ref": "#/$defs/node"}}}}}}"##,
            takes: [#"{"value": 1, "next": [{"value": 2, "next": []}, {"value": 3}]}"#],
            refuses: [#"{"value": 1, "next": [{"value": 2, "next": [{"value": "x"}]}]}"#, #"{"next": []}"#]),
        // An optional object, as schema writers for Python put it.
        SchemaRow(
            ##"{"properties": {"at": {"anyOf": [{"$ref": "#/$defs/P"}, {"type": "null"}], "default": null}}, "$defs": {"P": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}}}"##,
            takes: [#"{"at": {"x": 1}}"#, #"{"at": null}"#, "{}"], refuses: [#"{"at": {}}"#, #"{"at": 1}"#]),
        // References within a schema that has an address of its own start there.
        SchemaRow(
            ##"{"$id": "https://example.com/root", "$defs": {"v": {"type": "string"}}, "properties": {"a": {"$id": "https://example.com/inner", "$ref": "#/$defs/v", "$defs": {"v": {"type": "integer"}}}, "b": {"$ref": "#/$defs/v"}}}"##,
            takes: [#"{"a": 1, "b": "x"}"#], refuses: [#"{"a": "x"}"#, #"{"b": 1}"#]),
        SchemaRow(
            ##"{"propertyNames": {"$ref": "#/$defs/short"}, "additionalProperties": {"$ref": "#"}, "$defs": {"short": {"maxLength": 1}}}"##,
            takes: [#"{"a": {"b": {}}}"#], refuses: [#"{"a": {"bb": {}}}"#]),
    ]

    @Test(arguments: rows) func row(_ row: SchemaRow) throws { try row.check() }
}
