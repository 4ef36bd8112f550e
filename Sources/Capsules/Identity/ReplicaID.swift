package import Objects

/// The random id of one copy of a workspace, which names that copy's event chain, `refs/amx/events/<replica>`.
///
/// 32 hexadecimal digits in lower case. Nobody but that copy adds to its chain. Source: `docs/events.md`.
package struct ReplicaID: Sendable, Hashable {
    /// The number of digits.
    package static let digits = 32
    /// What the names of all event chains start with.
    package static let chainPrefix = "refs/amx/events/"
    /// What the names of all event chains start with that were put aside: the replica's id and the chain's last commit follow.
    package static let formerPrefix = "refs/amx/former-events/"

    /// The reference of its event chain.
    package let chain: RefName
    /// The id.
    package var string: String { chain.suffix(after: Self.chainPrefix) ?? "" }

    /// Checks an id.
    package init?(_ text: String) {
        guard let chain = RefName(Self.chainPrefix + text) else { return nil }
        self.init(chain: chain)
    }

    /// Where its event chain is kept when it is put aside at a commit; a chain that goes on from there is another one.
    package func former(at commit: ObjectID) -> RefName? { RefName("\(Self.formerPrefix)\(string)/\(commit.hex)") }

    /// The id in the name of an event chain that was put aside; nil for any other reference.
    package init?(former: RefName) {
        guard let id = former.suffix(after: Self.formerPrefix)?.split(separator: "/").first else { return nil }
        self.init(String(id))
    }

    /// The id in the name of an event chain; nil for any other reference.
    package init?(chain: RefName) {
        guard let id = chain.suffix(after: Self.chainPrefix), id.utf8.count == Self.digits,
            id.utf8.allSatisfy({ ("0"..."9").contains(Unicode.Scalar($0)) || ("a"..."f").contains(Unicode.Scalar($0)) })
        else { return nil }
        self.chain = chain
    }
}
