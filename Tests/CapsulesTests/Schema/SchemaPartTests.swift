import Testing

/// The elements of arrays and the members of objects.
@Suite struct SchemaPartTests {
    static let rows: [SchemaRow] = [
        SchemaRow(
            #"{"items": {"type": "integer"}}"#, takes: ["[1, 2, 3]", "[]", #"{"0": "x"}"#, "7"],
            refuses: [#"[1, "x"]"#, "[null]"]),
        SchemaRow(#"{"items": true}"#, takes: [#"[1, "x"]"#, "[]"]),
        SchemaRow(#"{"items": false}"#, takes: ["[]", "{}"], refuses: ["[1]"]),
        SchemaRow(
            #"{"prefixItems": [{"type": "integer"}, {"type": "string"}]}"#,
            takes: [#"[1, "x"]"#, "[1]", "[]", #"[1, "x", true]"#, #"{"0": "x"}"#], refuses: [#"["x", 1]"#, "[1, 2]"]),
        SchemaRow(
            #"{"prefixItems": [{}, {}], "items": {"type": "string"}}"#, takes: ["[1, 2]", #"[1, 2, "x"]"#, "[1]"],
            refuses: ["[1, 2, 3]", #"["x", "x", "x", 1]"#]),
        SchemaRow(#"{"prefixItems": [true, false]}"#, takes: ["[1]", "[]"], refuses: ["[1, 2]"]),
        SchemaRow(#"{"prefixItems": [{}], "items": false}"#, takes: ["[]", "[1]"], refuses: ["[1, 2]"]),
        SchemaRow(
            #"{"items": [{"type": "integer"}], "additionalItems": {"type": "string"}}"#,
            takes: ["[1]", #"[1, "x"]"#, "[]"], refuses: [#"["x"]"#, "[1, 2]"], isDraft7: true),
        SchemaRow(#"{"additionalItems": false}"#, takes: ["[1]"], isDraft7: true),
        SchemaRow(
            #"{"items": {"items": {"type": "number"}}}"#, takes: ["[[1], [2, 3.5]]", "[1]"], refuses: [#"[["x"]]"#]),

        SchemaRow(
            #"{"contains": {"minimum": 5}}"#, takes: ["[3, 4, 5]", "[5, 6]", "{}", #"["x", 3]"#],
            refuses: ["[2, 3, 4]", "[]"]),
        SchemaRow(#"{"contains": {"const": 5}}"#, takes: ["[3, 5, 5.0]"], refuses: ["[1, 2]"]),
        SchemaRow(#"{"contains": true}"#, takes: ["[1]"], refuses: ["[]"]),
        SchemaRow(#"{"contains": false}"#, takes: [#""x""#], refuses: ["[1]", "[]"]),
        SchemaRow(
            #"{"contains": {"const": 1}, "minContains": 2}"#, takes: ["[1, 1]", "[1, 2, 1, 1]"],
            refuses: ["[1]", "[]", "[2, 3]"]),
        SchemaRow(
            #"{"contains": {"const": 1}, "maxContains": 1}"#, takes: ["[1]", "[1, 2]"],
            refuses: ["[1, 1]", "[]", "[2]"]
        ),
        SchemaRow(
            #"{"contains": {"const": 1}, "minContains": 0, "maxContains": 1.0}"#, takes: ["[]", "[2]", "[1]"],
            refuses: ["[1, 1]"]),
        SchemaRow(#"{"minContains": 2, "maxContains": 1}"#, takes: ["[]", "[1]"]),
        SchemaRow(
            #"{"items": {"multipleOf": 2}, "contains": {"multipleOf": 3}}"#,
            takes: ["[6, 12]"], refuses: ["[2, 4]", "[3, 6]", "[1]"]),

        SchemaRow(#"{"minItems": 1}"#, takes: ["[1]", "[1, 2]", #""""#], refuses: ["[]"]),
        SchemaRow(#"{"maxItems": 2}"#, takes: ["[]", "[1, 2]", #""foobar""#], refuses: ["[1, 2, 3]"]),
        SchemaRow(#"{"maxItems": 1e30, "minItems": 0}"#, takes: ["[]", "[1]"]),
        SchemaRow(
            #"{"uniqueItems": true}"#,
            takes: [
                "[1, 2]", "[]", #"[{"a": 1}, {"a": 2}]"#, "[1, true]", "[0, false]", "[[1], [true]]", #"["1", 1]"#,
                #"[{"a": false}, {"a": 0}]"#, #"["é", "e\u0301"]"#, #"{"a": 1, "b": 1}"#, "[[[0]], [[false]]]",
            ],
            refuses: [
                "[1, 1]", "[1.0, 1.00, 1]", #"[{"a": 1, "b": 2}, {"b": 2, "a": 1}]"#, "[[1, 2], [1.0, 2]]",
                #"["a", "b", "a"]"#, "[null, 1, null]", "[0, -0.0]", "[{}, {}]",
            ]),
        SchemaRow(#"{"uniqueItems": false}"#, takes: ["[1, 1]"]),

        SchemaRow(
            #"{"properties": {"foo": {"type": "integer"}, "bar": {"type": "string"}}}"#,
            takes: [#"{"foo": 1, "bar": "x"}"#, #"{"quux": []}"#, "{}", "[]", "12"],
            refuses: [#"{"foo": "x"}"#, #"{"foo": 1, "bar": {}}"#, #"{"foo": [], "bar": {}}"#]),
        SchemaRow(
            #"{"properties": {"foo": true, "bar": false}}"#, takes: ["{}", #"{"foo": 1}"#],
            refuses: [#"{"bar": 2}"#, #"{"foo": 1, "bar": 2}"#]),
        SchemaRow(
            #"{"properties": {"a\nb": {"type": "number"}, "a\"b": {"type": "number"}, "a.b": {"type": "number"}}}"#,
            takes: [#"{"a\nb": 1, "a\"b": 1, "a.b": 1}"#], refuses: [#"{"a\nb": "1"}"#, #"{"a.b": null}"#]),
        SchemaRow(
            #"{"properties": {"é": {"type": "number"}}}"#, takes: [#"{"e\u0301": "x"}"#], refuses: [#"{"é": "x"}"#]),
        SchemaRow(
            #"{"properties": {"$ref": {"type": "string"}, "type": {"type": "number"}}}"#,
            takes: [#"{"$ref": "a", "type": 2}"#], refuses: [#"{"$ref": 2}"#, #"{"type": "a"}"#]),
        SchemaRow(
            #"{"properties": {"foo": {"items": {"properties": {"a": {"const": 1}}}}}}"#,
            takes: [#"{"foo": [{"a": 1}, {}]}"#], refuses: [#"{"foo": [{"a": 1}, {"a": 2}]}"#]),

        SchemaRow(
            #"{"required": ["foo"]}"#, takes: [#"{"foo": 1}"#, #"{"foo": null}"#, "[]", #""x""#, "12"],
            refuses: ["{}", #"{"bar": 1}"#, #"{"Foo": 1}"#]),
        SchemaRow(#"{"required": []}"#, takes: ["{}"]),
        SchemaRow(#"{"required": ["é"]}"#, takes: [#"{"é": 1}"#], refuses: [#"{"e\u0301": 1}"#]),
        SchemaRow(
            #"{"required": ["a", "b", "c", "d", "e"]}"#,
            takes: [
                #"{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1}"#
            ],
            refuses: [
                #"{"a":1,"b":1,"c":1,"d":1,"é":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1}"#
            ]),

        SchemaRow(
            #"{"properties": {"foo": {}, "bar": {}}, "patternProperties": {"^v": {}}, "additionalProperties": false}"#,
            takes: [#"{"foo": 1}"#, #"{"foo": 1, "vroom": 2}"#, "[1]", #""x""#],
            refuses: [#"{"foo": 1, "bar": 2, "quux": "x"}"#, #"{"av": 1}"#]),
        SchemaRow(
            #"{"properties": {"foo": {}}, "additionalProperties": {"type": "boolean"}}"#,
            takes: [#"{"foo": 1}"#, #"{"foo": 1, "q": true}"#], refuses: [#"{"foo": 1, "q": 12}"#]),
        SchemaRow(#"{"additionalProperties": {"type": "boolean"}}"#, takes: [#"{"a": true}"#], refuses: [#"{"a": 1}"#]),
        SchemaRow(#"{"additionalProperties": true}"#, takes: [#"{"a": 1}"#]),
        // It does not look into what stands beside it.
        SchemaRow(
            #"{"allOf": [{"properties": {"foo": {}}}], "additionalProperties": {"type": "boolean"}}"#,
            takes: [#"{"foo": true}"#], refuses: [#"{"foo": 1}"#]),

        SchemaRow(
            #"{"patternProperties": {"f.*o": {"type": "integer"}}}"#,
            takes: [#"{"foo": 1}"#, #"{"foo": 1, "foooooo": 2}"#, #"{"bar": "x"}"#, "[]"],
            refuses: [#"{"foo": "x"}"#, #"{"foo": 1, "xfoooox": "x"}"#]),
        SchemaRow(
            #"{"patternProperties": {"a*": {"type": "integer"}, "aaa*": {"maximum": 20}}}"#,
            takes: [#"{"a": 21}"#, #"{"aaaa": 18}"#], refuses: [#"{"a": "x"}"#, #"{"aaaa": 31}"#, #"{"aaa": "x"}"#]),
        SchemaRow(
            #"{"patternProperties": {"f.*": true, "b.*": false}}"#, takes: [#"{"foo": 1}"#, "{}"],
            refuses: [#"{"bar": 2}"#, #"{"foobar": 1}"#]),

        SchemaRow(
            #"{"propertyNames": {"maxLength": 3}}"#, takes: [#"{"f": {}, "foo": {}}"#, "{}", "[1]", #""foobar""#],
            refuses: [#"{"foo": {}, "foobar": {}}"#]),
        SchemaRow(
            #"{"propertyNames": {"pattern": "^a+$"}}"#, takes: [#"{"a": 1, "aa": 2}"#], refuses: [#"{"aaA": 1}"#]),
        SchemaRow(#"{"propertyNames": false}"#, takes: ["{}"], refuses: [#"{"a": 1}"#]),
        SchemaRow(#"{"propertyNames": {"enum": ["a", "b"]}}"#, takes: [#"{"a": 1}"#], refuses: [#"{"a": 1, "c": 1}"#]),

        SchemaRow(#"{"minProperties": 1}"#, takes: [#"{"a": 1}"#, "[]", #""""#], refuses: ["{}"]),
        SchemaRow(
            #"{"maxProperties": 2}"#, takes: ["{}", #"{"a": 1, "b": 2}"#, "[1, 2, 3]"],
            refuses: [#"{"a": 1, "b": 2, "c": 3}"#]),
        SchemaRow(#"{"maxProperties": 0}"#, takes: ["{}"], refuses: [#"{"a": 1}"#]),

        SchemaRow(
            #"{"dependentRequired": {"quux": ["foo", "bar"], "x": []}}"#,
            takes: ["{}", #"{"foo": 1}"#, #"{"foo": 1, "bar": 2, "quux": 3}"#, #"{"x": 1}"#, #"["quux"]"#],
            refuses: [#"{"foo": 1, "quux": 2}"#, #"{"quux": 1}"#]),
        SchemaRow(
            #"{"dependentSchemas": {"bar": {"properties": {"foo": {"type": "integer"}}}, "no": false}}"#,
            takes: [#"{"foo": "x"}"#, #"{"foo": 1, "bar": 2}"#, #"["bar"]"#],
            refuses: [#"{"foo": "x", "bar": 2}"#, #"{"no": 1}"#]),
        SchemaRow(
            #"{"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}"#,
            takes: [#"{"a": 1, "b": 1}"#, #"{"c": 1, "d": 1}"#, "{}"], refuses: [#"{"a": 1}"#, #"{"c": 1}"#],
            isDraft7: true),
    ]

    @Test(arguments: rows) func row(_ row: SchemaRow) throws { try row.check() }
}
