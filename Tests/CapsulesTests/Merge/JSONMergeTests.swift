import Capsules
import Objects
import TestSupport
import Testing

/// Merging JSON by key.
@Suite struct JSONMergeTests {
    private func value(_ text: String) throws -> JSONValue? { text.isEmpty ? nil : try JSONParser.parse(text) }

    struct Case: Sendable, CustomTestStringConvertible {
        let policy: JSONMergePolicy
        let base: String
        let ours: String
        let theirs: String
        let merged: String
        var conflicts: [String] = []
        var testDescription: String { "\(base) | \(ours) | \(theirs)" }

        init(
            _ base: String, _ ours: String, _ theirs: String, _ merged: String, _ conflicts: String...,
            policy: JSONMergePolicy = .document
        ) {
            (self.base, self.ours, self.theirs, self.merged) = (base, ours, theirs, merged)
            (self.conflicts, self.policy) = (conflicts, policy)
        }
    }

    @Test(arguments: [
        // Members.
        Case(#"{"a":1}"#, #"{"a":1,"b":2}"#, #"{"a":1,"c":3}"#, #"{"a":1,"b":2,"c":3}"#),
        Case(#"{"a":1,"z":1}"#, #"{"a":1,"z":1,"b":2}"#, #"{"a":1,"c":3,"z":1}"#, #"{"a":1,"c":3,"z":1,"b":2}"#),
        Case(#"{"a":1}"#, #"{"a":2}"#, #"{"a":3}"#, #"{"a":2}"#, "$.a"),
        Case(#"{"a":1}"#, #"{"a":2}"#, #"{"a":2}"#, #"{"a":2}"#),
        Case(#"{"a":1,"b":1}"#, #"{"b":1}"#, #"{"a":1,"b":2}"#, #"{"b":2}"#),
        Case(#"{"a":1}"#, #"{}"#, #"{"a":2}"#, #"{}"#, "$.a"),
        Case(#"{"a":1}"#, #"{"a":2}"#, #"{}"#, #"{"a":2}"#, "$.a"),
        Case(#"{"a":{"x":1,"y":1}}"#, #"{"a":{"x":2,"y":1}}"#, #"{"a":{"x":1,"y":2}}"#, #"{"a":{"x":2,"y":2}}"#),
        Case("", #"{"a":{"x":1}}"#, #"{"a":{"y":2}}"#, #"{"a":{"x":1,"y":2}}"#),
        Case(#"{"a":1}"#, #"{"a":{"x":1}}"#, #"{"a":[1]}"#, #"{"a":{"x":1}}"#, "$.a"),
        Case(#"{"a b":1}"#, #"{"a b":2}"#, #"{"a b":3}"#, #"{"a b":2}"#, #"$["a b"]"#),
        // Only the order of members differs: nothing has changed.
        Case(#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, #"{"a":1,"b":3}"#, #"{"a":1,"b":3}"#),
        // Sets of strings.
        Case(#"["a","b"]"#, #"["a","b","c"]"#, #"["b","d"]"#, #"["b","c","d"]"#),
        Case(#"["a","b"]"#, #"["b"]"#, #"["a"]"#, #"[]"#),
        Case(#"["b"]"#, #"["b","x"]"#, #"["a","b"]"#, #"["a","b","x"]"#),
        Case(#"["a","b","c"]"#, #"["a","b","c","x"]"#, #"["c","b","a"]"#, #"["c","x","b","a"]"#),
        Case(#"["a","a"]"#, #"["a","a","b"]"#, #"["a"]"#, #"["a","a","b"]"#, "$"),
        Case(#"{"args":["a","b"]}"#, #"{"args":["a","c"]}"#, #"{"args":["a","d"]}"#, #"{"args":["a","c"]}"#, "$.args"),
        // Elements with an identity.
        Case(
            #"[{"id":"a","v":1},{"id":"b","v":1}]"#, #"[{"id":"a","v":2},{"id":"b","v":1}]"#,
            #"[{"id":"a","v":1},{"id":"b","v":2},{"id":"c"}]"#,
            #"[{"id":"a","v":2},{"id":"b","v":2},{"id":"c"}]"#),
        Case(
            #"[{"name":"a","v":1}]"#, #"[{"name":"a","v":2}]"#, #"[{"name":"x"},{"name":"a","v":3}]"#,
            #"[{"name":"x"},{"name":"a","v":2}]"#, "$[1].v"),
        Case(
            #"[{"id":1,"v":1},{"id":2}]"#, #"[{"id":2}]"#, #"[{"id":1,"v":2},{"id":2}]"#, #"[{"id":2}]"#, "$"),
        Case(
            #"[{"id":1,"v":1},{"id":2}]"#, #"[{"id":1,"v":2},{"id":2}]"#, #"[{"id":2}]"#,
            #"[{"id":1,"v":2},{"id":2}]"#, "$[0]"),
        Case(
            #"[{"id":1},{"id":2}]"#, #"[{"id":2},{"id":1}]"#, #"[{"id":1},{"id":2},{"id":3}]"#,
            #"[{"id":2},{"id":3},{"id":1}]"#),
        Case(
            #"[{"id":1},{"id":2},{"id":3}]"#, #"[{"id":2},{"id":1},{"id":3}]"#, #"[{"id":3},{"id":1},{"id":2}]"#,
            #"[{"id":2},{"id":1},{"id":3}]"#, "$"),
        Case(#"[{"id":1},{"id":1}]"#, #"[{"id":1}]"#, #"[{"id":1},{"id":1,"v":1}]"#, #"[{"id":1}]"#, "$"),
        // Anything else is one value.
        Case("[1,2]", "[1,2,3]", "[1,2]", "[1,2,3]"),
        Case("[1,2]", "[1,2,3]", "[0,1,2]", "[1,2,3]", "$"),
        // Manifests.
        Case(
            #"{"version":"1.0.0"}"#, #"{"version":"1.1.0"}"#, #"{"version":"1.0.1"}"#, #"{"version":"1.1.0"}"#,
            policy: .manifest),
        Case(
            #"{"version":"1.0.0"}"#, #"{"version":"1.1.0-a"}"#, #"{"version":"1.1.0"}"#, #"{"version":"1.1.0"}"#,
            policy: .manifest),
        Case(
            #"{"version":"1.0.0"}"#, #"{"version":"1.1.0+a"}"#, #"{"version":"1.1.0+b"}"#, #"{"version":"1.1.0+a"}"#,
            "$.version", policy: .manifest),
        Case(
            #"{"version":"1.0.0"}"#, #"{"version":"0.9.0"}"#, #"{"version":"1.0.0"}"#, #"{"version":"0.9.0"}"#,
            policy: .manifest),
        Case(
            #"{"version":"1.0.0"}"#, #"{"version":"2.0.0"}"#, #"{"version":"1.0.1"}"#, #"{"version":"2.0.0"}"#,
            "$.version"),
        Case(
            #"{"dependencies":{"a":"^1.0.0"}}"#, #"{"dependencies":{"a":"^1.1.0"}}"#,
            #"{"dependencies":{"a":"^1.2.0","b":"1.0.0"}}"#, #"{"dependencies":{"a":"^1.2.0","b":"1.0.0"}}"#,
            policy: .manifest),
        Case(
            #"{"dependencies":{"a":"^1.0.0"}}"#, #"{"dependencies":{"a":"~1.1.0"}}"#,
            #"{"dependencies":{"a":"^1.2.0"}}"#, #"{"dependencies":{"a":"~1.1.0"}}"#, "$.dependencies.a",
            policy: .manifest),
        Case(
            #"{"dependencies":{"a":"<1.0.0"}}"#, #"{"dependencies":{"a":"<1.1.0"}}"#,
            #"{"dependencies":{"a":"<1.2.0"}}"#, #"{"dependencies":{"a":"<1.1.0"}}"#, "$.dependencies.a",
            policy: .manifest),
        Case(
            #"{"permissions":[{"resource":"a","actions":["r"]}]}"#,
            #"{"permissions":[{"resource":"a","actions":["r","w"]}]}"#,
            #"{"permissions":[{"resource":"a","actions":["r","x"]},{"resource":"b","actions":[]}]}"#,
            #"{"permissions":[{"resource":"a","actions":["r","w","x"]},{"resource":"b","actions":[]}]}"#,
            policy: .manifest),
        Case(
            #"{"endpoints":[{"path":"/a","method":"GET","handler":"x"},{"path":"/a","method":"PUT","handler":"y"}]}"#,
            #"{"endpoints":[{"path":"/a","method":"GET","handler":"z"},{"path":"/a","method":"PUT","handler":"y"}]}"#,
            #"{"endpoints":[{"path":"/a","method":"GET","handler":"x"}]}"#,
            #"{"endpoints":[{"path":"/a","method":"GET","handler":"z"}]}"#, policy: .manifest),
        Case(
            #"{"eventHandlers":[]}"#, #"{"eventHandlers":[{"event":"a","handler":"x"}]}"#,
            #"{"eventHandlers":[{"event":"a","handler":"y"}]}"#,
            #"{"eventHandlers":[{"event":"a","handler":"x"},{"event":"a","handler":"y"}]}"#, policy: .manifest),
        Case(
            #"{"knowledgeAssets":{"embeddings":["a"]}}"#,
            #"{"knowledgeAssets":{"embeddings":["a",{"path":"b","dimensions":2}]}}"#,
            #"{"knowledgeAssets":{"embeddings":["a","c"]}}"#,
            #"{"knowledgeAssets":{"embeddings":["a",{"path":"b","dimensions":2},"c"]}}"#, policy: .manifest),
        Case(#"{"name":"a"}"#, #"{"name":"b"}"#, #"{"name":"c"}"#, #"{"name":"b"}"#, "$.name", policy: .manifest),
        // Rules (row A-144).
        Case(
            #"{"rules":[{"id":"a","priority":1}]}"#, #"{"rules":[{"id":"a","priority":5}]}"#,
            #"{"rules":[{"id":"a","priority":9},{"id":"b","priority":1}]}"#,
            #"{"rules":[{"id":"a","priority":9},{"id":"b","priority":1}]}"#, policy: .rules),
        Case(#"{"priority":1}"#, #"{"priority":0.5}"#, #"{"priority":0.25}"#, #"{"priority":0.5}"#, policy: .rules),
        Case(
            #"{"priority":"a"}"#, #"{"priority":"b"}"#, #"{"priority":"c"}"#, #"{"priority":"b"}"#, "$.priority",
            policy: .rules),
    ]) func cases(_ test: Case) throws {
        let (base, ours, theirs) = (try value(test.base), try value(test.ours), try value(test.theirs))
        let merge = JSONMerge(base: base, ours: ours, theirs: theirs, policy: test.policy)
        let merged = try #require(merge.value)
        #expect(JSONWriter.text(merged) == test.merged)
        #expect(merge.conflicts.map(\.path.description) == test.conflicts)
        // Seen from the other side: the same conflicts, and but for them the same values.
        let mirrored = JSONMerge(base: base, ours: theirs, theirs: ours, policy: test.policy)
        #expect(mirrored.conflicts.count == merge.conflicts.count)
        if test.conflicts.isEmpty { #expect(RandomJSON.sorted(mirrored.value) == RandomJSON.sorted(merged)) }
        let settled = JSONMerge(base: base, ours: ours, theirs: theirs, policy: test.policy, favor: .theirs)
        let mirror = JSONMerge(base: base, ours: theirs, theirs: ours, policy: test.policy, favor: .ours)
        #expect(RandomJSON.sorted(settled.value) == RandomJSON.sorted(mirror.value))
    }

    @Test(arguments: [JSONMergePolicy.document, .manifest, .rules], [1, 2, 3, 4] as [UInt64])
    func properties(policy: JSONMergePolicy, seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var (clean, conflicting) = (0, 0)
        for _ in 0..<150 {
            let base = random.document()
            let (ours, theirs) = (random.changed(base), random.changed(base))
            // With oneself nothing; of one side all.
            for side in [base, ours] {
                let same = JSONMerge(base: base, ours: side, theirs: side, policy: policy)
                #expect(same.value == side && same.conflicts.isEmpty)
            }
            let one = JSONMerge(base: base, ours: base, theirs: theirs, policy: policy)
            #expect(try #require(one.value).matches(theirs) && one.conflicts.isEmpty)
            let other = JSONMerge(base: base, ours: ours, theirs: base, policy: policy)
            #expect(other.value == ours && other.conflicts.isEmpty)

            let merge = JSONMerge(base: base, ours: ours, theirs: theirs, policy: policy)
            let mirror = JSONMerge(base: base, ours: theirs, theirs: ours, policy: policy)
            #expect(merge.conflicts.count == mirror.conflicts.count)
            if merge.conflicts.isEmpty {
                clean += 1
                #expect(RandomJSON.sorted(merge.value) == RandomJSON.sorted(mirror.value))
            } else {
                conflicting += 1
                let settled = JSONMerge(base: base, ours: ours, theirs: theirs, policy: policy, favor: .theirs)
                #expect(RandomJSON.sorted(settled.value) == RandomJSON.sorted(mirror.value))
            }
        }
        #expect(clean > 10 && conflicting > 10)
    }

    @Test func conflictsShowTheirValues() throws {
        let merge = JSONMerge(base: ["a": 1], ours: ["a": 2], theirs: [:])
        #expect(merge.conflicts == [JSONConflict(path: JSONPath.root.key("a"), base: 1, ours: 2, theirs: nil)])
    }
}
