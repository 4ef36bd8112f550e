extension TopicPattern {
    /// Whether a text is what topics can be compared with: segments of a topic, any of which may be `*`.
    static func isPattern(_ text: String) -> Bool {
        isTopic(
            segments(text).map { $0.elementsEqual("*".utf8) ? "x" : String(Substring($0)) }.joined(separator: "."))
    }

    /// Whether a subscription gets a topic (row S-107): `*` at the end, after a dot, stands for one segment or more,
    /// any other `*` for one. Nothing has an empty segment, or more than 20.
    static func matches(_ topic: String, subscription: String) -> Bool {
        let (topic, wanted) = (segments(topic), segments(subscription))
        guard topic.count <= segmentLimit, wanted.count <= segmentLimit else { return false }
        let isOpen = wanted.count > 1 && wanted[wanted.count - 1].elementsEqual("*".utf8)
        guard isOpen ? topic.count >= wanted.count : topic.count == wanted.count else { return false }
        return topic.allSatisfy { !$0.isEmpty }
            && zip(topic, wanted).allSatisfy { segment, wanted in
                wanted.elementsEqual("*".utf8) || segment.elementsEqual(wanted)
            }
    }
}
