import Capsules
import Testing

@Suite("Strict JSON: values and writing")
struct JSONWriterTests {
    private static let sample: JSONValue = [
        "b": [1, 2.5, "x"], "a": ["é": nil, "e": true, "Z": [:], "10": []],
        "": "\"\\/\u{1}\u{1f}\n\r\t\u{8}\u{c}\u{7f}é😀",
    ]

    @Test("compact keeps the order")
    func compact() {
        #expect(
            JSONWriter.text(Self.sample)
                == #"{"b":[1,2.5,"x"],"a":{"é":null,"e":true,"Z":{},"10":[]},"":"\"\\/\u0001\u001f\n\r\t\b\f"#
                + "\u{7f}é😀\"}")
    }

    @Test("canonical sorts keys by bytes at every level")
    func canonical() {
        #expect(
            JSONWriter.text(["b": ["z": 1, "é": 2, "Z": 3, "a": 4], "a": [["d": 1, "c": 2]], "": 0], .canonical)
                == #"{"":0,"a":[{"c":2,"d":1}],"b":{"Z":3,"a":4,"z":1,"é":2}}"#)
    }

    @Test("pretty indents by two and ends with a newline")
    func pretty() {
        #expect(
            JSONWriter.text(["b": [1, [], [:]], "a": ["c": "d"]], .pretty)
                == """
                {
                  "b": [
                    1,
                    [],
                    {}
                  ],
                  "a": {
                    "c": "d"
                  }
                }

                """)
        #expect(JSONWriter.text([:], .canonicalPretty) == "{}\n")
        #expect(JSONWriter.text(["b": 1, "a": 2], .canonicalPretty) == "{\n  \"a\": 2,\n  \"b\": 1\n}\n")
    }

    @Test(
        "numbers read back as they were",
        arguments: [
            0.0, -0.0, 1, 0.1, 1e21, 1e-7, 123456789.125, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1 / 3,
        ])
    func doubles(number: Double) throws {
        let text = JSONWriter.text(.double(number))
        #expect(try JSONParser.parse(text) == .double(number), "\(text)")
        #expect(try JSONParser.parse(text).number?.sign == number.sign)
    }

    @Test("what JSON has no number for becomes null")
    func notFinite() {
        #expect(JSONWriter.text([.double(.nan), .double(.infinity)]) == "[null,null]")
        #expect(JSONValue.count(UInt64.max) == .double(Double(UInt64.max)))
        #expect(JSONValue.count(3) == 3)
    }

    @Test("objects are read and changed by key, in order")
    func object() {
        var object: JSONObject = ["a": 1, "b": 2, "a": 3]
        #expect(object.keys == ["a", "b"])
        #expect(object["a"] == 3)
        object["c"] = "x"
        object["a"] = nil
        #expect(JSONWriter.text(.object(object)) == #"{"b":2,"c":"x"}"#)
        #expect(object["missing"] == nil)
        // Canonically equivalent keys are different keys.
        let keys: JSONObject = ["\u{e9}": 1, "e\u{301}": 2]
        #expect(keys.count == 2)
        #expect(keys["e\u{301}"] == 2)
        #expect(JSONValue.string("\u{e9}") != "e\u{301}")
        #expect(JSONObject((0..<100).map { ("k\($0 % 40)", .count($0)) })["k3"] == 83)
    }

    @Test("accessors give what is there, or nil")
    func accessors() {
        let value: JSONValue = ["s": "t", "i": 3, "d": 1.5, "b": false, "a": [1], "n": nil]
        #expect(value["s"]?.string == "t")
        #expect(value["i"]?.integer == 3)
        #expect(value["i"]?.number == 3)
        #expect(value["d"]?.number == 1.5)
        #expect(value["d"]?.integer == nil)
        #expect(value["b"]?.bool == false)
        #expect(value["a"]?.array == [1])
        #expect(value["n"] == .null)
        #expect(value["s"]?["x"] == nil)
        #expect(JSONValue.optional(nil) == .null)
        #expect(JSONValue.strings(["a", "b"]) == ["a", "b"])
    }

    @Test("paths print as people write them")
    func paths() {
        #expect(JSONPath.root.description == "$")
        #expect(JSONPath.root.key("a").index(2).key("b-c").description == "$.a[2].b-c")
        #expect(JSONPath.root.key("x y").key("\"").description == #"$["x y"]["\""]"#)
    }
}
