import Capsules
import Objects
import Testing

@testable import Runners

@Suite("Runners: the order at start") struct BootOrderTests {
    typealias Spec = (id: String, isUplink: Bool, provides: [String], requires: [String])

    private static func found(_ spec: Spec) throws -> BootOrder.Found {
        let document: JSONValue = [
            "id": .string(spec.id), "name": "N", "version": "1.0.0",
            "capabilities": ["uplink": .bool(spec.isUplink)],
            "provides": .strings(spec.provides), "requires": .strings(spec.requires),
        ]
        return BootOrder.Found(name: spec.id, manifest: .success(try Manifest.parse(JSONWriter.bytes(document))))
    }

    private static let cycle =
        "dependency cycle detected (involved nodes): late, b, c; "
        + "they are loaded in the order in which they were found"

    @Test(
        arguments: [
            ([], [], []),
            // Uplinks by their ids, the others as they require each other, else as they came.
            (
                [
                    ("d", false, [], ["tool:c"]), ("z", true, [], []), ("b", false, [], []),
                    ("c", false, ["tool:c"], []), ("a", true, [], []),
                ], ["a", "z", "b", "c", "d"], []
            ),
            // What an uplink provides is there for all.
            (
                [("b", false, ["tool:b"], ["topic:in"]), ("a", false, [], ["tool:b"]), ("u", true, ["topic:in"], [])],
                ["u", "b", "a"], []
            ),
            (
                [("b", false, [], ["tool:x", "llm:y"]), ("a", false, [], [])], ["b", "a"],
                ["b requires tool:x, which nobody provides", "b requires llm:y, which nobody provides"]
            ),
            // A cycle is told, and all but the uplinks come as they were found.
            (
                [
                    ("late", false, [], ["tool:c"]), ("b", false, ["tool:b"], ["tool:c"]), ("u", true, [], []),
                    ("c", false, ["tool:c"], ["tool:b"]), ("t", true, [], []),
                ], ["t", "u", "late", "b", "c"], [cycle]
            ),
            // The same id again.
            (
                [("a", false, [], []), ("b", false, [], []), ("a", true, [], [])], ["a", "b"],
                ["a is not loaded: another capsule has the id a"]
            ),
        ] as [([Spec], [String], [String])])
    func orders(specs: [Spec], ids: [String], warnings: [String]) throws {
        let order = BootOrder(try specs.map(Self.found))
        #expect(order.manifests.map(\.id.string) == ids)
        #expect(order.warnings == warnings)
    }

    @Test func whatHasNoManifestIsLeftOut() throws {
        let broken = BootOrder.Found(
            name: "broken", manifest: .failure(AmxError(.failure, "its manifest.json is not JSON")))
        let order = BootOrder([
            broken, try Self.found(("b", false, [], ["tool:a"])), try Self.found(("a", false, ["tool:a"], [])),
        ])
        #expect(order.manifests.map(\.id.string) == ["a", "b"])
        #expect(order.warnings == ["broken is not loaded: its manifest.json is not JSON"])
    }
}
