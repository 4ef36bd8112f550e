package import Capsules
import Objects

/// Why an event is not published, or nobody can subscribe.
package enum EventRefusal: Error, Hashable, Sendable {
    /// The text is no topic.
    case malformedTopic(String)
    /// A capsule's code tells what only Amx tells.
    case reservedTopic(String, CapsuleID?)
    /// Too many deliveries led to it.
    case tooManyHops(String, CapsuleID?)
    /// So many bytes are too many.
    case tooLarge(String, bytes: Int)
    /// The capsule publishes more than it may in a second.
    case tooFast(CapsuleID)
    /// The text is nothing that topics can be compared with.
    case malformedPattern(String)
    case tooManySubscriptions
}

extension EventRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformedTopic(let text): "'\(TreeRules.printable(text.utf8))' is no topic"
        case .reservedTopic(let topic, let source):
            "the event '\(topic)'\(Self.of(source)) is not published: topics that begin with 'amx' are Amx's own"
        case .tooManyHops(let topic, let source):
            "the event '\(topic)'\(Self.of(source)) is not published: more than \(BusEvent.hopLimit) events led to it, "
                + "one after the other"
        case .tooLarge(let topic, let bytes):
            "the event '\(topic)' is not published: its data has \(bytes) bytes, and may have \(EventBus.dataBytes)"
        case .tooFast(let source):
            "an event of capsule '\(source)' is not published: a capsule publishes at most \(RateMeter.bytesPerSecond) "
                + "bytes a second"
        case .malformedPattern(let text):
            "'\(TreeRules.printable(text.utf8))' is no pattern of topics: write it as orders.*.created, with at most "
                + "\(TopicPattern.segmentLimit) segments"
        case .tooManySubscriptions: "there are \(EventBus.subscriptionLimit) subscriptions, and cannot be more"
        }
    }

    private static func of(_ source: CapsuleID?) -> String { source.map { " of capsule '\($0)'" } ?? "" }
}
