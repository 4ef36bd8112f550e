import Testing

/// Types, fixed values, numbers and texts.
@Suite struct SchemaValueTests {
    static let rows: [SchemaRow] = [
        SchemaRow("true", takes: ["1", "null", "{}"]),
        SchemaRow("false", refuses: ["1", "null", "{}"]),
        SchemaRow("{}", takes: ["1", "null", "[]", #""x""#]),

        SchemaRow(
            #"{"type": "integer"}"#, takes: ["1", "1.0", "-3", "1e3", "-0", "9223372036854775807", "1e300"],
            refuses: ["1.1", #""1""#, "true", "null", "[]", "{}"]),
        SchemaRow(
            #"{"type": "number"}"#, takes: ["1", "1.0", "1.1", "-0.0", "5e-324"],
            refuses: [#""1.1""#, "false", "null", "[]", "{}"]),
        SchemaRow(#"{"type": "string"}"#, takes: [#""""#, #""1""#], refuses: ["1", "true", "null", "[]", "{}"]),
        SchemaRow(#"{"type": "object"}"#, takes: ["{}", #"{"a": 1}"#], refuses: ["[]", "1", #""{}""#, "null"]),
        SchemaRow(#"{"type": "array"}"#, takes: ["[]", "[[]]"], refuses: ["{}", "1", #""[]""#, "null"]),
        SchemaRow(
            #"{"type": "boolean"}"#, takes: ["true", "false"], refuses: ["0", "1", #""true""#, #""""#, "null", "[]"]),
        SchemaRow(#"{"type": "null"}"#, takes: ["null"], refuses: ["0", "false", #""""#, "[]", "{}", #""null""#]),
        SchemaRow(#"{"type": ["string", "null"]}"#, takes: [#""a""#, "null"], refuses: ["0", "false", "[]"]),
        SchemaRow(#"{"type": ["integer", "string"]}"#, takes: ["1", #""1""#, "2.0"], refuses: ["1.5", "null"]),
        SchemaRow(#"{"type": ["array"]}"#, takes: ["[1]"], refuses: [#"{"0": 1}"#]),

        SchemaRow(#"{"enum": [1, 2, 3]}"#, takes: ["1", "2.0", "3"], refuses: ["4", #""1""#, "1.5", "[1]"]),
        SchemaRow(
            #"{"enum": [6, "foo", [], true, {"foo": 12}, null]}"#,
            takes: ["6", #""foo""#, "[]", "true", #"{"foo": 12}"#, #"{"foo": 12.0}"#, "null"],
            refuses: ["false", #"{"foo": false}"#, #"{"foo": 12, "boo": 42}"#, "[[]]", #""Foo""#, "1"]),
        SchemaRow(#"{"enum": [false]}"#, takes: ["false"], refuses: ["0", "0.0", "null"]),
        SchemaRow(#"{"enum": [1]}"#, takes: ["1", "1.0"], refuses: ["true"]),
        SchemaRow(#"{"enum": [[false]]}"#, takes: ["[false]"], refuses: ["[0]", "[[false]]"]),
        SchemaRow(#"{"enum": ["a\u0000b"]}"#, takes: [#""a\u0000b""#], refuses: [#""ab""#]),
        SchemaRow(#"{"enum": ["e\u0301"]}"#, takes: [#""e\u0301""#], refuses: [#""é""#]),

        SchemaRow(#"{"const": 2}"#, takes: ["2", "2.0"], refuses: ["5", #""2""#, "[2]"]),
        SchemaRow(
            #"{"const": {"a": 1, "b": [true, null]}}"#,
            takes: [#"{"a": 1, "b": [true, null]}"#, #"{"b": [true, null], "a": 1.0}"#],
            refuses: [#"{"a": 1}"#, #"{"a": 1, "b": [null, true]}"#, #"{"a": true, "b": [true, null]}"#, "[1]"]),
        SchemaRow(#"{"const": null}"#, takes: ["null"], refuses: ["0", "false"]),
        SchemaRow(#"{"const": false}"#, takes: ["false"], refuses: ["0", "[]", #""""#]),
        SchemaRow(#"{"const": 0}"#, takes: ["0", "0.0", "-0.0"], refuses: ["false", "{}", "[]"]),
        SchemaRow(#"{"const": [false]}"#, takes: ["[false]"], refuses: ["[0]", "[]"]),
        SchemaRow(
            #"{"const": 9007199254740993}"#, takes: ["9007199254740993"],
            refuses: ["9007199254740992", "9007199254740992.0"]),
        SchemaRow(#"{"const": 9007199254740992}"#, takes: ["9007199254740992", "9007199254740992.0"]),

        SchemaRow(#"{"minimum": 1.1}"#, takes: ["2.6", "1.1", #""x""#], refuses: ["0.6", "1", "-5"]),
        SchemaRow(
            #"{"minimum": -2}"#, takes: ["-1", "0", "-2", "-2.0", #""x""#, "null"], refuses: ["-2.0001", "-3"]),
        SchemaRow(#"{"maximum": 3.0}"#, takes: ["2.6", "3", "3.0", "-1e300", "[]"], refuses: ["3.5", "4"]),
        SchemaRow(#"{"maximum": 300}"#, takes: ["299.97", "300", "300.00"], refuses: ["300.5"]),
        SchemaRow(#"{"exclusiveMinimum": 1.1}"#, takes: ["1.2", #""x""#], refuses: ["1.1", "0.6"]),
        SchemaRow(#"{"exclusiveMaximum": 3}"#, takes: ["2.2", "2"], refuses: ["3.0", "3", "3.5"]),
        SchemaRow(#"{"exclusiveMinimum": 0}"#, takes: ["5e-324", "1"], refuses: ["0", "-0.0"]),
        SchemaRow(
            #"{"minimum": 9007199254740993}"#, takes: ["9007199254740993", "9007199254740994.0", "1e19"],
            refuses: ["9007199254740992", "9007199254740992.0", "-1e19"]),
        SchemaRow(#"{"maximum": 0.5}"#, takes: ["0", "-1", "0.5"], refuses: ["1", "9223372036854775807"]),
        SchemaRow(#"{"maximum": -0.5}"#, takes: ["-1", "-9223372036854775808"], refuses: ["0"]),
        SchemaRow(#"{"maximum": 1e19}"#, takes: ["9223372036854775807", "1e19"], refuses: ["1e20"]),

        SchemaRow(#"{"multipleOf": 2}"#, takes: ["10", "0", "-4", "4.0", #""x""#], refuses: ["7", "2.5"]),
        SchemaRow(#"{"multipleOf": 1.5}"#, takes: ["0", "4.5", "-3"], refuses: ["35", "1"]),
        SchemaRow(#"{"multipleOf": 0.0001}"#, takes: ["0.0075", "1"], refuses: ["0.00751"]),
        SchemaRow(#"{"multipleOf": 0.5}"#, takes: ["1e308", "9007199254740993", "-1.5"], refuses: ["0.25"]),
        SchemaRow(#"{"type": "integer", "multipleOf": 1e-8}"#, takes: ["12391239123"]),
        SchemaRow(#"{"multipleOf": 1e300}"#, takes: ["0", "3e301", "1e300"], refuses: ["1", "1e299", "1.5e300"]),

        SchemaRow(
            #"{"minLength": 2}"#, takes: [#""foo""#, #""fo""#, "1", #""😀😀""#, #""e\u0301""#],
            refuses: [#""f""#, #""""#, #""😀""#]),
        SchemaRow(
            #"{"maxLength": 2}"#, takes: [#""f""#, #""fo""#, "100", #""😀😀""#], refuses: [#""foo""#, #""e\u0301e""#]),
        SchemaRow(#"{"maxLength": 2.0, "minLength": 1.0}"#, takes: [#""fo""#], refuses: [#""foo""#, #""""#]),
        SchemaRow(#"{"maxLength": 0}"#, takes: [#""""#], refuses: [#""a""#]),
        SchemaRow(
            #"{"pattern": "^a*$"}"#, takes: [#""aaa""#, #""""#, "true", "[]"], refuses: [#""abc""#, #""ba""#]),
        SchemaRow(#"{"pattern": "a+"}"#, takes: [#""xxaayy""#], refuses: [#""xx""#]),
        SchemaRow(#"{"pattern": "^[0-9]{3}-[a-z]+$"}"#, takes: [#""123-ab""#], refuses: [#""12-ab""#, #""123-""#]),
        SchemaRow(#"{"format": "email"}"#, takes: [#""no address""#, "12"]),
        SchemaRow(
            #"{"title": "t", "description": "d", "default": 1, "examples": [2], "$comment": "c", "deprecated": true}"#,
            takes: [#""x""#, "{}"]),
    ]

    @Test(arguments: rows) func row(_ row: SchemaRow) throws { try row.check() }
}
