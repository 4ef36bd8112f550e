package import Capsules

/// The state of a capsule that its events lead to: a pure fold (rows; `docs/events.md`, "The state of a capsule").
package enum Projection: Sendable, CaseIterable {
    /// As seed 000 has it.
    case strict
    /// What chains hold: also versions of installations, soft removal, and going back.
    case full

    /// The state after one more event of its stream.
    package func apply(_ event: Event, to state: inout JSONObject) {
        apply(event.type, event.payload, at: event.time.text, to: &state)
    }

    /// The state that events of one stream lead to, in their order.
    package func fold(_ events: some Sequence<Event>) -> JSONObject {
        events.reduce(into: JSONObject()) { state, event in apply(event, to: &state) }
    }

    private func apply(_ type: EventType, _ payload: JSONObject, at time: String, to state: inout JSONObject) {
        switch type {
        case .installed:
            state["status"] = .string("active")
            state["installedAt"] = .string(time)
            state["configuration"] = payload["configuration"]
            guard self == .full else { return }
            if let version = payload["version"] { state["version"] = version }
            state["removedAt"] = nil
            state["until"] = nil
        case .configured:
            var configuration = state["configuration"]?.object ?? JSONObject()
            for member in payload.members { configuration[member.key] = member.value }
            state["configuration"] = .object(configuration)
        case .updated: move(payload, at: time, &state)
        case .removed:
            state["status"] = .string("removed")
            state["removedAt"] = .string(time)
            if self == .full { state["until"] = nil }
        case .rolledBack where self == .full: move(payload, at: time, &state)
        case .softRemoved where self == .full:
            state["status"] = .string("soft_removed")
            state["removedAt"] = .string(time)
            state["until"] = payload["until"]
        case .restored where self == .full:
            state["status"] = .string("active")
            state["removedAt"] = nil
            state["until"] = nil
        default: return
        }
    }

    private func move(_ payload: JSONObject, at time: String, _ state: inout JSONObject) {
        state["version"] = payload["newVersion"]
        state["lastUpdated"] = .string(time)
    }
}
