package import Capsules

/// An event as its writer has it: place, time and pseudonyms are the store's.
package struct EventDraft: Sendable, Hashable {
    /// Whose event it is.
    package let stream: EventStream
    /// What happened.
    package let type: EventType
    /// What the type says about it.
    package let payload: JSONObject
    /// Where the stream must be for the event to be taken.
    package let expected: ExpectedVersion

    /// Describes an event.
    package init(
        _ type: EventType, in stream: EventStream, payload: JSONObject = JSONObject(), expecting: ExpectedVersion = .any
    ) {
        (self.stream, self.type, self.payload, expected) = (stream, type, payload, expecting)
    }
}

extension EventDraft {
    /// The event that this becomes at a place of a chain.
    func event(
        of replica: ReplicaID, at sequence: Int64, _ time: EventTime, _ personal: [PersonalMember: String]
    ) -> Event {
        Event(
            replica: replica, sequence: sequence, stream: stream, type: type, payload: payload, time: time,
            personal: personal)
    }
}

/// What an append asks of the version of a stream: the sequence of the stream's last event in this replica, 0 for none.
package enum ExpectedVersion: Sendable, Hashable {
    /// Nothing.
    case any
    /// Exactly this one.
    case exactly(Int64)
}

/// A stream was elsewhere than its writer expected; nothing was appended. The cause of an error with exit status 6 (row A-111).
package struct ConcurrencyConflict: Error, Sendable, Hashable {
    /// The stream.
    package let stream: EventStream
    /// Where the writer expected it.
    package let expected: Int64
    /// Where it is.
    package let found: Int64
}
