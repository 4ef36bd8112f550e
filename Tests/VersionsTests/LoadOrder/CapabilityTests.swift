import TestSupport
import Testing

@testable import Versions

@Suite struct CapabilityTests {
    /// Seed 004's table (rows S-001 to S-006), with what its code gets wrong: a requirement that is one segment longer.
    @Test(arguments: [
        ("topic:llm.stream", "topic:llm.stream", true),
        ("topic:llm.stream.*", "topic:llm.stream.anthropic", true),
        ("topic:llm.stream.anthropic", "topic:llm.stream.*", true),
        ("topic:llm.*.delta", "topic:llm.*.delta", true),
        ("topic:*.stream", "topic:llm.*", true),
        ("topic:llm.*.delta", "topic:llm.stream.delta", true),
        ("topic:*", "topic:anything", true),
        ("topic:a", "tool:a", false),
        ("topic:a", "topic:a.b", false),
        ("topic:a", "topic:a.b.c", false),
        ("topic:llm", "topic:llmstream", false),
        ("", "", true),
        ("topic:", "topic:", true),
        ("topic:", "tool:", false),
        ("topic:a", "topic:", false),
        ("topic:", "topic:a", false),
        ("topic:*", "topic:", true),
        ("topic:a.b.c", "topic:a.b", false),
        ("topic:a.b", "topic:a", false),
        ("topic:llm.stream.*", "topic:llm.stream", false),
        ("topic:a.b.c.d", "topic:a.b", false),
        ("topic:x.response", "topic:x.response.*", false),
        ("*:a", "topic:a", false),
        ("*:a", "*:a", true),
        ("topic:foo*", "topic:foobar", false),
        ("topic:foo*", "topic:foo*", true),
        ("tool:a:b", "tool:a:b", true),
        ("tool:a:b", "tool:a", false),
        ("a", "a", true),
        ("a", ":a", true),
        ("Topic:a", "topic:a", false),
        // One text to a reader, two to a comparison of bytes.
        ("topic:caf\u{E9}", "topic:cafe\u{301}", false),
    ])
    func isMet(requirement: String, provided: String, expected: Bool) {
        #expect(Capability(requirement).isMet(by: Capability(provided)) == expected)
        var index = CapabilityIndex()
        index.insert(Capability(provided), provider: 7)
        #expect(index.providers(of: Capability(requirement)) == (expected ? [7] : []))
    }

    @Test func agreesWithALookAtEachPair() {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<300 {
            let offers = (0..<12).map { _ in Capability.random(&random) }
            var index = CapabilityIndex()
            for (provider, offer) in offers.enumerated() { index.insert(Capability(offer), provider: provider / 2) }
            for _ in 0..<12 {
                let wanted = Capability.random(&random)
                let expected = Set(
                    offers.indices.filter { Capability(wanted).isMet(by: Capability(offers[$0])) }.map { $0 / 2 })
                #expect(index.providers(of: Capability(wanted)) == expected.sorted(), "\(wanted) of \(offers)")
            }
        }
    }
}
