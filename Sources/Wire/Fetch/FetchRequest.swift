package import Objects

/// One request of a fetch, in protocol v2 or v0: what a client encodes and a server parses.
///
/// A fetch over HTTP is a series of such requests, each complete in itself: the server remembers nothing.
/// Source: gitprotocol-v2(5), `fetch`; gitprotocol-pack(5), "Fetching Data From a Server".
package struct FetchRequest: Sendable, Hashable {
    /// The form of the conversation.
    package var dialect: Dialect
    /// What the client wants, in its order.
    package var wants: [ObjectID] = []
    /// What the client says it has, in its order.
    package var haves: [ObjectID] = []
    /// How the list of haves ends.
    package var end: End = .flush
    /// The commits that are the client's shallow boundary.
    package var shallow: [ObjectID] = []
    /// The history asked for; nil for all of it, within what the client's boundary hides.
    package var deepening: Deepening?
    /// What is left out.
    package var filter = ObjectFilter.none
    /// Deltas may have their base in what the client has.
    package var thinPack = false
    /// Deltas may name their base by its offset in the pack.
    package var ofsDelta = false
    /// Send no progress messages.
    package var noProgress = false
    /// Send the annotated tags of all commits sent.
    package var includeTag = false
    /// Send no pack before `done` (v2 only).
    package var waitForDone = false
    /// What the client has of the pack already (v2 only, and only where the server offers it).
    package var resume: PackPrefix?
    /// What the client says about itself beside: agent, object format, server options.
    package var capabilities = CapabilityList()

    /// Makes an empty request.
    package init(_ dialect: Dialect) { self.dialect = dialect }

    /// Whether the answer must tell how the client's shallow boundary changes.
    package var deepens: Bool { deepening != nil }

    /// How an answer's pack is framed.
    package var framing: PackFraming {
        switch dialect {
        case .v2: .sideBand64k
        case .v0(_, _, let framing): framing
        }
    }
}

extension FetchRequest {
    /// The form of the conversation, with what is agreed in v0 by capabilities.
    package enum Dialect: Sendable, Hashable {
        /// Protocol v2.
        case v2
        /// Protocol v0 or v1. With `noDone` a pack may follow `ready` without the client's `done`.
        case v0(Acknowledging, noDone: Bool, PackFraming)
    }

    /// How much a v0 server says about the haves it knows.
    package enum Acknowledging: Sendable, Hashable {
        /// The first one only.
        case first
        /// Each, by `ACK <id> continue` (`multi_ack`).
        case multiple
        /// Each, by `ACK <id> common`, and `ready` when nothing more is needed (`multi_ack_detailed`).
        case detailed
    }

    /// How the list of haves ends.
    package enum End: Sendable, Hashable {
        /// `done`: send the pack.
        case done
        /// A flush: say what is common.
        case flush
        /// Nothing follows the wants (v0 only): say how the shallow boundary changes.
        case absent
    }
}
