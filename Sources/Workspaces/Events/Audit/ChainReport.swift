package import Capsules

/// A chain that an audit has read: whose it is, as far as is known, and who has signed it.
package struct ChainReport: Sendable, Hashable {
    /// Where a chain comes from. None of it is proved by anything but signatures.
    package enum Origin: Sendable, Hashable {
        /// This copy adds to it.
        case own
        /// This copy did, and has lost the id since.
        case lost
        /// A remote had it first.
        case remote(ChainArrivals.Arrival)
        /// It was not seen to come: not by push, pull or clone, or what they note is gone.
        case unknown
    }

    /// Who has signed some of its commits.
    package struct Signer: Sendable, Hashable {
        /// What the signatures are worth.
        package let state: SignatureVerdict.State
        /// Whose the key is, when somebody has said so.
        package let name: String?
        /// The key's fingerprint, when it could be read.
        package let key: String?
        /// How many.
        package var commits = 1
    }

    /// The chain.
    package let replica: ReplicaID
    /// Where it comes from.
    package let origin: Origin
    /// Whether it was put aside, and is no longer under its name.
    package let isSetAside: Bool
    /// How many commits it has.
    package let commits: Int
    /// How many events.
    package let events: Int
    /// The sequence of the last one.
    package let last: Int64
    /// Who has signed it, in the order of their first commits.
    package let signers: [Signer]
    /// How many commits nobody has signed.
    package var unsigned: Int { commits - signers.reduce(0) { $0 + $1.commits } }
}
