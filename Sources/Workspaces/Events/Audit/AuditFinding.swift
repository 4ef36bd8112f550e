package import Capsules
package import Objects

/// Something about an event chain that cannot be (`docs/events.md`, "Checking").
package struct AuditFinding: Sendable, Hashable {
    /// What kind of thing; the raw values are stable.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A sequence is missing.
        case gap
        /// A sequence comes twice or goes back.
        case order
        /// A line is no event of this chain.
        case event
        /// A state is not what folding the events gives.
        case state
        /// A message is not what the content gives.
        case digest
        /// A commit's author, committer, time or headers are not those of its batch.
        case header
        /// A commit has other parents than a chain's.
        case parent
        /// A signature is not of the commit, is ambiguous, or is by a key that was revoked.
        case signature
        /// A batch is not signed, where that is required.
        case unsigned
        /// A batch is signed by nobody who is trusted, where that is required.
        case untrusted
        /// The chain does not contain what was seen of it.
        case replaced
        /// The journal does not go on where the chain ends.
        case journal
        /// The id of this copy is gone with its journal, or another one is in its place.
        case replica
        /// An object cannot be read.
        case unreadable
    }

    /// What kind of thing.
    package let kind: Kind
    /// The chain; nil for a journal that does not say whose it is.
    package let replica: ReplicaID?
    /// The commit; nil for the journal, and for a chain that is gone.
    package let commit: ObjectID?
    /// The event or file, such as `event 41` or `state/customer-service.json`; empty for the whole commit.
    package let place: String
    /// What is wrong, in words.
    package let problem: String
}
