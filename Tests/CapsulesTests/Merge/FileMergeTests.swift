import Capsules
import Objects
import TestSupport
import Testing

/// Merging whole files: what the text looks like, and that it is always valid.
@Suite struct FileMergeTests {
    private static let labels = MergeLabels(ours: "main", theirs: "topic")

    private func merge(
        _ kind: FileKind, _ base: String?, _ ours: String, _ theirs: String, favor: MergeSide? = nil
    ) throws -> (text: String, conflict: FileMerge.Conflict?) {
        let merge = try FileMerge(
            kind, base: base.map { Array($0.utf8) }, ours: Array(ours.utf8), theirs: Array(theirs.utf8),
            labels: Self.labels, favor: favor)
        return (String(decoding: merge.content, as: UTF8.self), merge.conflict)
    }

    // MARK: JSON

    @Test func theTextStaysNearOurs() throws {
        let base = """
            {
              "rules": [
                { "id": "a", "when": {}, "priority": 1.0 },
                { "id": "z", "when": {} }
              ],
              "list": ["x"]
            }

            """
        let ours = """
            {
              "rules": [
                { "id": "a", "when": { "x": 1e2 }, "priority": 1.0 },
                { "id": "z", "when": {} }
              ],
              "list": ["x", "y"]
            }

            """
        let theirs = """
            {
                "rules": [
                    { "id": "a", "when": {}, "priority": 3.50 },
                    {
                        "id": "b",
                        "then": {
                            "deep": [1, 2]
                        }
                    },
                    { "id": "z", "when": {} }
                ],
                "list": ["x", "z"],
                "new": {
                    "key": "\\u00e9"
                }
            }

            """
        let result = try merge(.json(.rules), base, ours, theirs)
        #expect(result.conflict == nil)
        #expect(
            result.text == """
                {
                  "rules": [
                    { "id": "a", "when": { "x": 1e2 }, "priority": 3.50 },
                    {
                        "id": "b",
                        "then": {
                            "deep": [1, 2]
                        }
                    },
                    { "id": "z", "when": {} }
                  ],
                  "list": ["x", "y", "z"],
                  "new": {
                      "key": "\\u00e9"
                  }
                }

                """)
    }

    @Test(arguments: [
        // By line where that says the same, so that both layouts stay.
        (
            "{\n  \"a\": 1,\n\n  \"b\": 1,\n  \"c\": 1\n}\n", "{\n  \"a\": 2,\n\n  \"b\": 1,\n  \"c\": 1\n}\n",
            "{\n  \"a\": 1,\n\n  \"b\": 1,\n  \"c\":   2\n}\n", "{\n  \"a\": 2,\n\n  \"b\": 1,\n  \"c\":   2\n}\n"
        ),
        // On one line, with and without blanks, and with tabs.
        (#"{"a":1}"#, #"{"a":1,"b":2}"#, #"{"a":1,"c":3}"#, #"{"a": 1, "b": 2, "c": 3}"#),
        (#"{ "a": 1 }"#, #"{ "a": 1, "b": 2 }"#, #"{ "a": 1, "c": 3 }"#, #"{ "a": 1, "b": 2, "c": 3 }"#),
        (
            "{\n\t\"a\": 1\n}", "{\n\t\"a\": 1,\n\t\"b\": 2\n}", "{\n\t\"a\": 1,\n\t\"c\": [\n\t\t3\n\t]\n}",
            "{\n\t\"a\": 1,\n\t\"b\": 2,\n\t\"c\": [\n\t\t3\n\t]\n}"
        ),
        (
            "{\r\n  \"a\": 1\r\n}\r\n", "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}\r\n",
            "{\r\n  \"a\": 1,\r\n  \"c\": 3\r\n}\r\n",
            "{\r\n  \"a\": 1,\r\n  \"b\": 2,\r\n  \"c\": 3\r\n}\r\n"
        ),
        // Only ours has changed the layout.
        (
            "{\"a\": 1, \"b\": 1}\n", "{\n  \"a\": 1,\n  \"b\": 1\n}\n", "{\"a\": 1, \"b\": 2}\n",
            "{\n  \"a\": 1,\n  \"b\": 2\n}\n"
        ),
        // Empty ones fill up.
        (
            "{\n  \"a\": []\n}\n", "{\n  \"a\": [\"x\"]\n}\n", "{\n  \"a\": [\"y\"]\n}\n",
            "{\n  \"a\": [\"x\", \"y\"]\n}\n"
        ),
    ]) func layouts(base: String, ours: String, theirs: String, expected: String) throws {
        let result = try merge(.json(.document), base, ours, theirs)
        #expect(result.conflict == nil)
        #expect(result.text == expected)
    }

    @Test func aTextThatMergesByLineAndMeansSomethingElseIsNotTaken() throws {
        // Each side adds the same key in another place: by line that is clean, and a key twice.
        let base = "{\n  \"a\": 1,\n  \"b\": 1,\n  \"c\": 1,\n  \"d\": 1\n}\n"
        let ours = base.replacing("  \"b\"", with: "  \"x\": 1,\n  \"b\"")
        let theirs = base.replacing("  \"d\"", with: "  \"x\": 1,\n  \"d\"")
        let result = try merge(.json(.document), base, ours, theirs)
        #expect(result.conflict == nil)
        #expect(result.text == ours)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func resultsAreAlwaysStrictJSONOfTheMergedValue(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var generator = SeededGenerator(seed: seed)
        let formats = [JSONFormat.pretty, .compact, .canonical, .canonicalPretty]
        for _ in 0..<80 {
            let base = random.document()
            let values = [base, random.changed(base), random.changed(base)]
            let texts = values.map { JSONWriter.bytes($0, formats.randomElement(using: &generator) ?? .pretty) }
            for favor in [nil, MergeSide.ours, .theirs, .base] {
                let merge = try FileMerge(
                    .json(.manifest), base: texts[0], ours: texts[1], theirs: texts[2], labels: Self.labels,
                    favor: favor)
                let read = try JSONParser.parse(merge.content)
                let wanted = JSONMerge(
                    base: values[0], ours: values[1], theirs: values[2], policy: .manifest, favor: favor ?? .ours)
                #expect(read.matches(try #require(wanted.value)))
                #expect((merge.conflict == nil) == (wanted.conflicts.isEmpty || favor != nil))
            }
        }
    }

    @Test func noMarkerEverStandsInJSON() throws {
        let (base, ours, theirs) = ("{ // one\n}\n", "{ // two\n}\n", "{ // three\n}\n")
        let result = try merge(.json(.document), base, ours, theirs)
        #expect(result.text == ours)
        #expect(result.conflict?.kind == .json && result.conflict?.keepsTheirs == true)
        #expect(try merge(.json(.document), base, ours, theirs, favor: .theirs).text == theirs)
        let clean = try merge(.json(.document), "// x\n1\n2\n3\n", "// y\n1\n2\n3\n", "// x\n1\n2\n4\n")
        #expect(clean.text == "// y\n1\n2\n4\n" && clean.conflict == nil)
    }

    // MARK: YAML

    private static let rules = "# The rules.\n- id: a\n  priority: 1 # low\n- id: b\n  priority: 1\n"

    @Test func rulesAddedInOnePlaceAreAllThere() throws {
        let ours = Self.rules + "# From ours.\n- id: c\n  priority: 2\n"
        let theirs = Self.rules + "# From theirs.\n- id: d\n  priority: 2\n"
        let result = try merge(.yaml(.rules), Self.rules, ours, theirs)
        #expect(result.conflict == nil)
        #expect(result.text == ours + "# From theirs.\n- id: d\n  priority: 2\n")
    }

    @Test func theGreaterPriorityIsTaken() throws {
        let ours = Self.rules.replacing("1 # low", with: "9 # high")
        let theirs = Self.rules.replacing("1 # low", with: "10 # highest") + "  new: 1\n"
        let result = try merge(.yaml(.rules), Self.rules, ours, theirs)
        #expect(result.conflict == nil)
        #expect(result.text == theirs)
        // In a schema a number is no priority.
        let schema = try merge(.yaml(.document), Self.rules, ours, theirs)
        #expect(schema.conflict?.kind == .text)
        #expect(schema.conflict?.values.map(\.path.description) == ["$[0].priority"])
        #expect(schema.text.contains("<<<<<<< main\n"))
        let settled = try merge(.yaml(.document), Self.rules, ours, theirs, favor: .ours)
        #expect(settled.text.contains("9 # high") && settled.text.contains("new") && settled.conflict == nil)
    }

    @Test func aKeyIsNeverThereTwice() throws {
        let base = "a: 1\nb: 1\nc: 1\nd: 1\n"
        let (ours, theirs) = ("a: 1\nx: 1\nb: 1\nc: 1\nd: 1\n", "a: 1\nb: 1\nc: 1\nx: 2\nd: 1\n")
        let result = try merge(.yaml(.document), base, ours, theirs)
        #expect(result.conflict?.kind == .yaml && result.conflict?.keepsTheirs == true)
        #expect(result.conflict?.values.map(\.path.description) == ["$.x"])
        #expect(result.text == ours)
        let same = try merge(.yaml(.document), base, ours, theirs.replacing("x: 2", with: "x: 1"))
        #expect(same.conflict == nil && same.text == ours)
    }

    @Test func yamlThatIsNotReadMergesByLine() throws {
        let base = "a: &x 1\nb: 1\nc: 1\nd: *x\n"
        let clean = try merge(
            .yaml(.rules), base, base.replacing("a: &x 1", with: "a: &x 2"), base.replacing("d: *x", with: "e: *x"))
        #expect(clean.text == "a: &x 2\nb: 1\nc: 1\ne: *x\n" && clean.conflict == nil)
    }

    // MARK: All else

    @Test func binariesStayWhole() throws {
        let result = try merge(.other, "\0a", "\0b", "\0c")
        #expect(result.text == "\0b" && result.conflict?.kind == .binary && result.conflict?.keepsTheirs == true)
        #expect(try merge(.other, "\0a", "\0b", "\0c", favor: .theirs).text == "\0c")
        #expect(try merge(.other, "\0a", "\0b", "\0c", favor: .base).text == "\0a")
        // A side that became binary is one too.
        #expect(try merge(.other, "a", "b", "\0c").conflict?.kind == .binary)
    }

    @Test func addedTexts() throws {
        let result = try merge(.other, nil, "a\n", "b\n")
        #expect(result.text == "<<<<<<< main\na\n=======\nb\n>>>>>>> topic\n" && result.conflict?.kind == .text)
    }
}
