/// The form of topics, and which of them an entry of the manifest stands for.
enum TopicPattern {
    /// The most segments (row S-099).
    static let segmentLimit = 20
    /// The longest topic, in bytes.
    static let byteLimit = 4_096

    /// Whether a text is a topic: segments of letters, digits, `_` and `-`, joined by dots.
    static func isTopic(_ text: String) -> Bool {
        let segments = segments(text)
        return text.utf8.count <= byteLimit && segments.count <= segmentLimit
            && segments.allSatisfy { !$0.isEmpty && $0.allSatisfy(isNameByte) }
    }

    /// Whether an entry stands for a topic (row S-103): as many segments, each the same or `*` in the entry.
    static func matches(_ topic: String, entry: String) -> Bool {
        let (topic, entry) = (segments(topic), segments(entry))
        return topic.count == entry.count
            && zip(topic, entry).allSatisfy { segment, wanted in
                !segment.isEmpty && !wanted.isEmpty
                    && (wanted.elementsEqual("*".utf8) || segment.elementsEqual(wanted))
            }
    }

    static func segments(_ text: String) -> [Substring.UTF8View] {
        text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
