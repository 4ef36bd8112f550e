package import Capsules

/// Something that happened, as it is told to those who want to know.
package struct BusEvent: Hashable, Sendable {
    /// The most deliveries that may have led to an event: capsules that answer each other must not do so for ever.
    package static let hopLimit = 8

    package let topic: String
    package let data: JSONValue
    /// Whose code published it; nil for what comes from Amx itself.
    package let source: CapsuleID?
    /// How many deliveries led to it: 0 for what no event led to.
    package let hops: Int
    /// What it takes, in bytes: its topic, and its data as JSON.
    package let byteCount: Int

    /// Makes an event; `cause` is the event that its source was handling.
    package init(topic: String, data: JSONValue = .null, source: CapsuleID? = nil, after cause: BusEvent? = nil) {
        self.topic = topic
        self.data = data
        self.source = source
        hops = cause.map { $0.hops + 1 } ?? 0
        byteCount = topic.utf8.count + JSONWriter.bytes(data).count
    }

    /// Takes what a capsule's code wanted published while it handled `cause`, or called by somebody else.
    package init(_ emitted: EmittedEvent, by source: CapsuleID, after cause: BusEvent? = nil) {
        self.init(topic: emitted.topic, data: emitted.data, source: source, after: cause)
    }
}

extension BusEvent {
    /// Tells that capsules are loaded, in that order.
    package static func capsulesLoaded(_ ids: [CapsuleID]) -> BusEvent {
        BusEvent(topic: AmxTopic.capsulesLoaded, data: ["capsules": .strings(ids.map(\.string))])
    }

    /// Tells that something happened to a capsule.
    package static func lifecycle(_ kind: String, of id: CapsuleID) -> BusEvent {
        BusEvent(topic: AmxTopic.lifecycle(kind), data: ["capsule": .string(id.string)])
    }

    /// Tells that a capsule has failed so often that it is given up.
    static func healthFailed(_ id: CapsuleID, failures: Int, why: String) -> BusEvent {
        BusEvent(
            topic: AmxTopic.healthFailed,
            data: ["capsule": .string(id.string), "failures": .integer(Int64(failures)), "error": .string(why)])
    }

    /// Tells who did not get how many events.
    static func lagged(_ dropped: [LagLedger.Entry]) -> BusEvent {
        BusEvent(
            topic: AmxTopic.lagged,
            data: [
                "dropped": .array(
                    dropped.map { entry in
                        [
                            entry.subscriber.kind: .string(entry.subscriber.name),
                            "events": .integer(Int64(entry.count)),
                        ]
                    })
            ])
    }
}
