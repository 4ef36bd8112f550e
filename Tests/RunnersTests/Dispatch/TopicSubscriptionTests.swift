import Testing

@testable import Runners

@Suite("Runners: topics of subscriptions") struct TopicSubscriptionTests {
    private static let twenty = Array(repeating: "a", count: 20).joined(separator: ".")

    @Test(arguments: [
        // The same, or one segment for another.
        ("a.b", "a.b", true), ("a.b", "a.c", false), ("a", "a", true), ("a.B", "a.b", false),
        // An inner star, and one that stands alone, is one segment.
        ("a.*.c", "a.b.c", true), ("a.*.c", "a.c", false), ("a.*.c", "a.b.b.c", false), ("*.b", "a.b", true),
        ("*.b", "b", false), ("*", "a", true), ("*", "a.b", false), ("a*", "ab", false),
        // One at the end is one or more.
        ("a.*", "a.b", true), ("a.*", "a.b.c", true), ("a.*", "a.b.c.d", true), ("a.*", "a", false),
        ("a.*", "b.c", false), ("*.*", "a.b", true), ("*.*", "a.b.c", true), ("*.*", "a", false),
        ("a.*.*", "a.b", false), ("a.*.*", "a.b.c.d", true), ("a.*.c.*", "a.b.c.d.e", true),
        ("a.*.c.*", "a.b.d.e", false),
        // A pattern that is longer by one segment.
        ("a.b", "a", false), ("a.b.c", "a.b", false), ("a.b", "a.b.c", false), ("a.b.*", "a.b", false),
        // The star of a topic is a star.
        ("a.b", "a.*", false), ("a.*", "a.*", true),
        // Nothing matches an empty segment, on either side.
        ("", "", false), ("", "a", false), ("*", "", false), ("a..b", "a..b", false), ("a.*.b", "a..b", false),
        ("a..b", "a.x.b", false), ("a.*", "a.", false), ("a.*", "a.b.", false), ("a.*", "a..b", false),
        ("*.b", ".b", false), (".*", "a.b", false), (".a", ".a", false), ("a.", "a.", false), ("a.", "a", false),
        // Twenty segments are the most, on either side.
        (twenty, twenty, true), ("a.*", twenty, true), ("a.*", twenty + ".a", false),
        (twenty + ".a", twenty + ".a", false), (twenty + ".*", twenty + ".a", false),
        (twenty + ".*", twenty, false),
    ])
    func starsStandForSegments(pattern: String, topic: String, isMatch: Bool) {
        #expect(TopicPattern.matches(topic, subscription: pattern) == isMatch)
    }

    /// What a capsule's interests stand for, where that is another thing.
    @Test(arguments: [
        ("a.*", "a.b", true), ("a.*", "a.b.c", false), ("a.b", "a", false), ("a.*", "a.", false), ("", "", false),
        (".a", ".a", false), ("a.", "a.", false), ("*.b", "a.b", true), ("a.b", "a.*", false),
    ])
    func interestsStandForTopicsOfAsManySegments(pattern: String, topic: String, isMatch: Bool) {
        #expect(TopicPattern.matches(topic, entry: pattern) == isMatch)
    }

    @Test(arguments: [
        ("a", true), ("*", true), ("a.*", true), ("*.b-c.D_9", true), ("", false), (".", false), ("a..b", false),
        ("a.", false), (".a", false), ("a.b*", false), ("**", false), ("a b", false), (twenty, true),
        (twenty + ".*", false),
    ])
    func patternsHaveAForm(pattern: String, isPattern: Bool) {
        #expect(TopicPattern.isPattern(pattern) == isPattern)
    }
}
